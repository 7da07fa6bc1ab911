"""The domain: what the marketplace knows and may do, as entities, repositories and services."""
