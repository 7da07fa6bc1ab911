"""What runs around Pulumi: comments on a change, one-off tasks, checks before and after, notices."""
