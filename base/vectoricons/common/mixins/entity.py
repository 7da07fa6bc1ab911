"""What an entity can tell beyond its columns, by opting in."""

from __future__ import annotations

from typing import Any

from vectoricons.common import actor
from vectoricons.config.enums import Role


class RoleAware:
    """An entity with ``roles``: which it holds, in any case. Roles that were not loaded are not held."""

    roles: tuple[Any, ...]

    @property
    def role_values(self) -> frozenset[str]:
        """The values of the roles held, in lower case."""
        return actor.roles(self.roles)

    def has_role(self, *values: str) -> bool:
        """Whether one of the roles *values* is held."""
        return any(value.lower() in self.role_values for value in values)

    @property
    def is_admin(self) -> bool:
        """Whether this is an administrator."""
        return self.has_role(Role.ADMIN, Role.SUPER_ADMIN)

    @property
    def is_contributor(self) -> bool:
        """Whether this person may upload."""
        return self.has_role(Role.CONTRIBUTOR)

    @property
    def is_customer(self) -> bool:
        """Whether this person may buy."""
        return self.has_role(Role.CUSTOMER)

    @property
    def is_deny_all(self) -> bool:
        """Whether this account is closed to everything."""
        return self.has_role(Role.DENY_ALL)
