"""A task of a stack, run once: found by the stack's outputs, cut into shards, followed to its end."""
