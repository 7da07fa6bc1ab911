"""ECS's part in a laptop region: services and tasks, carried out as processes or as containers."""
