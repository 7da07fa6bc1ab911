"""Event histories: who did what to which entity, and how it went."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vectoricons.common.entity import Json, Timestamped
from vectoricons.common.events import EventHistoryRow, Outcome
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.repository import Repository


class EventHistory(Timestamped):
    """One event of the audit trail."""

    id: int
    event_id: UUID
    name: str
    entity: str
    phase: str
    operation: str
    entity_id: int | None
    actor: str
    user_id: int | None
    trace_id: str | None
    status: Outcome
    payload: Json
    occurred_at: datetime


class EventHistoryRepository(Repository[EventHistoryRow, EventHistory]):
    """The audit trail; the unit of work writes it."""

    unique_key = ("event_id",)


class EventHistoryService(Observable[EventHistory], AccessControlled[EventHistory]):
    """The audit trail: everybody sees what they did themselves, administrators see all."""

    repository: EventHistoryRepository
    public = False

    def get_by_entity(self, entity: str, entity_id: int) -> list[EventHistory]:
        """What happened to one entity, oldest first."""
        return self.get_where({"entity": entity, "entity_id": entity_id})
