"""A laptop as an AWS region: one directory, one daemon, one life."""
