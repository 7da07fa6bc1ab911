"""User roles: what a person may be."""

from __future__ import annotations

from vectoricons.common.entity import Timestamped
from vectoricons.common.lookup import Lookup, LookupRepository, LookupRow, LookupService
from vectoricons.common.mixins.service import Activatable
from vectoricons.common.row import HasIsActive, HasTimestamps


class UserRoleRow(LookupRow, HasIsActive, HasTimestamps):
    __tablename__ = "user_roles"


class UserRole(Lookup, Timestamped):
    """What a person may be."""

    is_active: bool


class UserRoleRepository(LookupRepository[UserRoleRow, UserRole]):
    """User roles."""


class UserRoleService(LookupService[UserRole], Activatable[UserRole]):
    """User roles."""

    repository: UserRoleRepository
