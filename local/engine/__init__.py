"""The Pulumi engine: its CLI, found or built, and this project's program driven through it."""
