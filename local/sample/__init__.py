"""A pack of real icons and the contributor who uploads it: what shows that a region works."""
