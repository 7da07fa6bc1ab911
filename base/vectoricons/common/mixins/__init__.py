"""What entities, repositories and services have in common, to be composed."""
