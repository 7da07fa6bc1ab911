"""Enumerations that several modules share. One that describes a single table stands beside that table."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The roles access control knows; the same values stand in ``user_roles``."""

    ADMIN = "admin"
    SUPER_ADMIN = "super_admin"
    CONTRIBUTOR = "contributor"
    CONTRIBUTOR_PENDING = "contributor_pending"
    CONTRIBUTOR_DECLINED = "contributor_declined"
    CUSTOMER = "customer"
    SUBSCRIBER = "subscriber"
    TEAM_OWNER = "team_owner"
    TEAM_MEMBER = "team_member"
    DENY_ALL = "deny_all"
    SYSTEM = "system"  # our own processes; nobody signs in with it
    GUEST = "guest"
    SELF = "self"  # who the thing belongs to; nobody holds it


class EntityType(StrEnum):
    """What a polymorphic pair (``entity_type``, ``entity_id``) may point at."""

    FAMILY = "family"
    SET = "set"
    ICON = "icon"
    ILLUSTRATION = "illustration"
    USER = "user"
    CATEGORY = "category"
