"""Who is acting. Every unit of work has exactly one actor; events, access control and cache keys name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from vectoricons.config.enums import Role


class RoleHolder(Protocol):
    """A signed-in person, as :meth:`Actor.of` needs one."""

    @property
    def id(self) -> int: ...
    @property
    def uuid(self) -> UUID: ...
    @property
    def role_values(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts: a name for the audit trail and the roles it holds (lower case)."""

    name: str
    id: int | None = None
    uuid: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, user: RoleHolder) -> Actor:
        """The actor a signed-in user is."""
        return cls(f"user:{user.uuid}", user.id, user.uuid, roles(user.role_values))

    @classmethod
    def system(cls, service: str) -> Actor:
        """One of our own processes, e.g. ``worker-images``. It may do everything."""
        return cls(f"system:{service}", roles=frozenset({Role.SYSTEM.value}))

    @classmethod
    def anonymous(cls) -> Actor:
        """Anybody who has not signed in."""
        return cls("anonymous", roles=frozenset({Role.GUEST.value}))

    def has_role(self, *wanted: str) -> bool:
        """Whether the actor holds one of the *wanted* roles, in any case."""
        return any(role.lower() in self.roles for role in wanted)


def roles(values: Iterable[Any] | None) -> frozenset[str]:
    """Role values from strings or role entities, lower case; what has no value is no role."""
    if values is None or isinstance(values, str):
        return frozenset({values.lower()} if values else ())
    found = (value if isinstance(value, str) else getattr(value, "value", None) for value in values)
    return frozenset(value.lower() for value in found if value)
