"""Protected entities: rows that are not deleted or put away, whoever asks, until that is lifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import Insert, Update

from vectoricons.common import protection
from vectoricons.common.entity import Entity
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.protection import Protectable, ProtectedEntityRow
from vectoricons.common.repository import Repository


class ProtectedEntity(Entity):
    """One row that stays."""

    id: int
    entity_type: Protectable
    entity_id: int


class ProtectedEntityRepository(Repository[ProtectedEntityRow, ProtectedEntity]):
    """Protected entities."""

    unique_key = ("entity_type", "entity_id")

    def _written(
        self, statement: Insert | Update, rows: Sequence[Mapping[str, Any]] | None = None
    ) -> list[ProtectedEntity]:
        """Waits for a deletion of the same row that is under way. Rows are held in one order."""
        for kind, id in sorted((str(row["entity_type"]), int(row["entity_id"])) for row in rows or ()):
            protection.hold(self._session, kind, id)
        return super()._written(statement, rows)


class ProtectedEntityService(
    Observable[ProtectedEntity], Pluggable[ProtectedEntity], AccessControlled[ProtectedEntity]
):
    """Protected entities: the administrators' to name."""

    repository: ProtectedEntityRepository
    public: ClassVar = False

    def protect(self, kind: Protectable, id: int) -> ProtectedEntity:
        """Let the row be deleted no more; doing it twice is doing it once."""
        return self.upsert({"entity_type": kind, "entity_id": id})

    def is_protected(self, kind: Protectable, id: int) -> bool:
        """Whether the row may not be deleted."""
        return self.exists({"entity_type": kind, "entity_id": id})

    def lift(self, kind: Protectable, id: int) -> int:
        """Let the row be deleted again; how many protections are gone: one or none."""
        found = self.get_one({"entity_type": kind, "entity_id": id})
        return self.delete(found.id) if found else 0
