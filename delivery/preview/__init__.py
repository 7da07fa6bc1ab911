"""A preview made readable: what changes, what is lost, what it costs, in one comment."""
