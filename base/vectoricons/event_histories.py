"""Event histories: who did what to which entity, and how it went."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Json, Timestamped
from vectoricons.common.events import EventHistoryRow, Outcome
from vectoricons.common.keyset import Ask, KeysetPage
from vectoricons.common.mixins.service import WRITES, AccessControlled, Observable
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
    """The audit trail: everybody sees what they did themselves, administrators see all. It is not edited."""

    repository: EventHistoryRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(WRITES, nobody)

    def get_by_entity(self, entity: str, entity_id: int, *, asked: Ask) -> KeysetPage[EventHistory]:
        """What happened to one entity; the order and the page are *asked* for."""
        return self.keyset_page({"entity": entity, "entity_id": entity_id}, asked=asked)

    def get_by_actor(self, actor: str, *, asked: Ask) -> KeysetPage[EventHistory]:
        """What one person (``user:{uuid}``) or process (``system:{name}``) did."""
        return self.keyset_page({"actor": actor}, asked=asked)

    def get_by_trace(self, trace_id: str) -> list[EventHistory]:
        """What one request led to, in its order."""
        return self.get_where({"trace_id": trace_id})
