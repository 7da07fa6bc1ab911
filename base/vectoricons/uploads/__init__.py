"""Uploads: from a contributor's ZIP to a published family. Postgres knows where every file stands."""
