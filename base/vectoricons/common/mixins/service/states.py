"""SoftDeletable and Activatable: rows are put away and brought back, and switched off and on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from vectoricons.common import protection
from vectoricons.common.entity import Entity
from vectoricons.common.repository import Key
from vectoricons.common.service import Service

E = TypeVar("E", bound=Entity)


REMOVALS = ("soft-delete", "restore")
"""What SoftDeletable adds to the writes."""
SWITCHES = ("activate", "deactivate", "toggle-active")
"""What Activatable adds to the writes."""


class SoftDeletable(Service[E]):
    """Rows are put away without being lost."""

    def soft_delete(self, id: Key) -> E:
        """Put it away: deleted, and no longer active. NotFound if there is none, Conflict if protected."""
        protection.refuse_protected(self.work.session, self.kind, id)
        return self._change("soft-delete", id, {"is_deleted": True, "is_active": False})

    def restore(self, id: Key, *, reactivate: bool = False) -> E:
        """Bring it back switched off, as it was put away; with *reactivate* switched on. Raises NotFound."""
        return self._change(
            "restore", id, {"is_deleted": False, **({"is_active": True} if reactivate else {})}
        )


class Activatable(Service[E]):
    """Rows are switched off and on."""

    def get_active(self, where: Mapping[str, Any] | None = None) -> list[E]:
        """What is active, not deleted, and fits; refuses when that is more than a thousand."""
        shown = {**(where or {}), "is_active": True, **self._not_deleted}
        return self._list(
            "get_active",
            lambda limit: self.repository.find_all(self._within(shown), limit=limit),
            where=shown,
        )

    def activate(self, id: Key) -> E:
        """Switch it on. Raises NotFound."""
        return self._change("activate", id, {"is_active": True})

    def deactivate(self, id: Key) -> E:
        """Switch it off. Raises NotFound."""
        return self._change("deactivate", id, {"is_active": False})

    def toggle_active(self, id: Key) -> E:
        """Switch it to what it is not. Raises NotFound."""
        return self._change("toggle-active", id, {"is_active": ~self.repository.row.is_active})

    @property
    def _not_deleted(self) -> dict[str, Any]:
        return {"is_deleted": False} if hasattr(self.repository.row, "is_deleted") else {}
