"""Who may use a door that is for some roles only."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from vectoricons.auth.sign_in import closed
from vectoricons.common.errors import Forbidden, Unauthenticated
from vectoricons.config.enums import Role
from vectoricons.users import User


def authorize(user: User | None, allowed: Collection[str], *, owner: UUID | None = None) -> User:
    """*user*, who holds one of the roles *allowed*: by value, label or name, in any case.

    ``self`` among them lets in who the thing belongs to, its *owner*. Nobody is let in by an empty list.
    Raises Unauthenticated for nobody, Forbidden for somebody else.
    """
    if user is None:
        raise Unauthenticated("Sign in first, with your e-mail address and password.")
    if user.is_deny_all:
        raise closed()
    wanted = {role.lower().removeprefix("role_") for role in allowed}
    held = {name.lower() for role in user.roles for name in (role.value, role.label)}
    if wanted & held or (Role.SELF in wanted and owner is not None and owner == user.uuid):
        return user
    named = " or ".join(sorted(wanted - {Role.SELF.value})).replace("_", " ") or "that nobody has"
    raise Forbidden(f"This is for accounts with the role {named}.")
