"""The rules of the pack; importing this package registers them all."""

from vectoricons_policy.rules import iam, messaging, names, ownership, storage

__all__ = ["iam", "messaging", "names", "ownership", "storage"]
