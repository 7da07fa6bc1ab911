"""Access control: one decision, in one order, for every module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vectoricons.common.actor import Actor
from vectoricons.common.entity import Entity
from vectoricons.common.errors import Forbidden
from vectoricons.config.enums import Role

READ_ACTIONS = frozenset({"read", "list"})
PRIVILEGED = (Role.ADMIN, Role.SUPER_ADMIN, Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted on, as a decision sees it: its kind, its owner, and whether anybody may read it."""

    kind: str
    owner_id: Any = None
    is_public: bool = False
    entity: Any = None

    @classmethod
    def of(cls, entity: Entity, *, is_public: bool = False) -> Resource:
        """An entity as a resource. Its owner is its ``owner_id``, else its ``user_id``."""
        owner = getattr(entity, "owner_id", None)
        return cls(
            entity.entity_name(),
            getattr(entity, "user_id", None) if owner is None else owner,
            is_public,
            entity,
        )


Policy = Callable[[Actor, Resource], bool]


@dataclass(frozen=True, slots=True)
class AccessControl:
    """Decides in this order: deny_all, administrators, public reads, the policy, permissions, the owner, no.

    *policies* and *permissions* are keyed ``kind:action``; a policy's verdict is final.
    """

    policies: Mapping[str, Policy] = field(default_factory=dict)
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def allows(self, actor: Actor | None, action: str | None, resource: Resource | None) -> bool:
        """Whether *actor* may do *action* to *resource*. Nobody is anybody: None acts as a guest."""
        actor = actor or Actor.anonymous()
        if actor.has_role(Role.DENY_ALL):
            return False
        if is_privileged(actor):
            return True
        return resource is not None and self._granted(actor, action, resource)

    def enforce(self, actor: Actor | None, action: str, resource: Resource) -> None:
        """Raises Forbidden unless it is allowed."""
        if not self.allows(actor, action, resource):
            raise Forbidden(f"You may not {action} this {resource.kind.replace('-', ' ')}.")

    def _granted(self, actor: Actor, action: str | None, resource: Resource) -> bool:
        if resource.is_public and action in READ_ACTIONS:
            return True
        name = f"{resource.kind}:{action}"
        if name in self.policies:
            return self.policies[name](actor, resource)
        return actor.has_role(*self.permissions.get(name, ())) or owns(actor, resource)


def is_privileged(actor: Actor) -> bool:
    """Whether the actor may do everything: an administrator, or a process of ours."""
    return actor.has_role(*PRIVILEGED) and not actor.has_role(Role.DENY_ALL)


def owns(actor: Actor, resource: Resource) -> bool:
    """Whether the resource is the actor's own. Ids compare as text; nobody owns what has no owner."""
    return actor.id is not None and resource.owner_id is not None and str(actor.id) == str(resource.owner_id)


def own_contribution(actor: Actor, resource: Resource) -> bool:
    """The policy of catalogue writes: contributors, and only on what is theirs."""
    return actor.has_role(Role.CONTRIBUTOR) and owns(actor, resource)


def nobody(_actor: Actor, _resource: Resource) -> bool:
    """The policy of what only administrators and our own processes do."""
    return False


def anybody(_actor: Actor, _resource: Resource) -> bool:
    """The policy of what a service itself decides, case by case."""
    return True
