"""AccessControlled: who may see and do what, decided in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from sqlalchemy import ColumnElement, false, or_

from vectoricons.common.access_control import AccessControl, Policy, Resource, is_privileged
from vectoricons.common.entity import Entity
from vectoricons.common.errors import Forbidden
from vectoricons.common.operation import Operation, Write
from vectoricons.common.repository import Data
from vectoricons.common.row import SET_BY_DATABASE
from vectoricons.common.service import Service
from vectoricons.config.enums import Role

E = TypeVar("E", bound=Entity)
T = TypeVar("T")


WRITES = ("create", "update", "upsert", "delete")
"""The writes every service has, for those whose module decides them all alike."""


class AccessControlled(Service[E]):
    """Writes are decided by :class:`AccessControl`; reads find only what the actor may see.

    ``public`` tells whether guests see live rows. ``policies`` and ``permissions`` are keyed by action. Rows
    with an ``owner_column`` belong to who creates them. ``guarded`` columns are for administrators to set.
    """

    public: ClassVar[bool] = True
    policies: ClassVar[Mapping[str, Policy]] = {}
    permissions: ClassVar[Mapping[str, frozenset[str]]] = {}
    owner_column: ClassVar[str] = "user_id"
    guarded: ClassVar[frozenset[str]] = frozenset()

    @property
    def access(self) -> AccessControl:
        """The rules of this service, ready to be asked."""
        return AccessControl(
            {f"{self.kind}:{action}": policy for action, policy in self.policies.items()},
            {f"{self.kind}:{action}": roles for action, roles in self.permissions.items()},
        )

    def _perform(self, operation: Operation, body: Callable[[], T]) -> T:
        if self.work.actor.has_role(Role.DENY_ALL):
            raise Forbidden("This account is closed to everything.")
        if isinstance(operation, Write) and not is_privileged(self.work.actor):
            self._enforce(operation)
        return super()._perform(operation, body)

    def _enforce(self, operation: Write) -> None:
        """Every owner the rows have now, and would have afterwards, must be one the actor may act for."""
        for item in operation.items:
            self._refuse_guarded(item)
        owners = [self._owner_of(entity) for entity in self._touched(operation)]
        if self._owned:
            owners += [item[self.owner_column] for item in operation.items if self.owner_column in item]
        for owner in dict.fromkeys(owners or [None]):
            self.access.enforce(self.work.actor, operation.name, Resource(self.kind, owner))

    def _owner_of(self, entity: E) -> int | None:
        """Whose the row is; None for nobody's."""
        owner: int | None = getattr(entity, self.owner_column, None)
        return owner

    def _touched(self, operation: Write) -> list[E]:
        """The rows that are there already and would be changed."""
        if operation.id is not None:
            return [self.assert_exists(operation.id)]
        return self.repository.find_by_keys(operation.items, operation.on) if operation.on else []

    def _refuse_guarded(self, item: Mapping[str, Any]) -> None:
        for name in sorted(item.keys() & (self.guarded | SET_BY_DATABASE)):
            raise Forbidden(f'You may not set "{name}" of a {self._noun}.')

    def _visible(self) -> ColumnElement[bool] | None:
        if is_privileged(self.work.actor):
            return None
        row, actor = self.repository.row, self.work.actor
        own = getattr(row, self.owner_column) == actor.id if self._owned and actor.id is not None else false()
        if not self.public:
            return own
        live = getattr(row, "is_live", getattr(row, "is_active", None))
        return None if live is None else or_(live, own)

    def _given(self, data: Data) -> Mapping[str, Any]:
        given = super()._given(data)
        if self._owned and self.owner_column not in SET_BY_DATABASE and not is_privileged(self.work.actor):
            return {self.owner_column: self.work.actor.id, **given}
        return given

    @property
    def _owned(self) -> bool:
        return hasattr(self.repository.row, self.owner_column)
