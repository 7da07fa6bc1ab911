"""Stripe events: what Stripe told us. It may tell a thing several times: an event's id is here once."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Json, Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of


class EventOutcome(StrEnum):
    """What became of an event."""

    HANDLED = "handled"
    IGNORED = "ignored"


class StripeEventRow(Row, HasTimestamps):
    __tablename__ = "stripe_events"
    __table_args__ = (one_of("outcome", EventOutcome), Index("ix_stripe_events_type", "type", "id"))

    stripe_event_id: Mapped[str] = mapped_column(String(255), unique=True)
    type: Mapped[str] = mapped_column(String(128))
    outcome: Mapped[str] = mapped_column(String(16))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)


class StripeEvent(Timestamped):
    """An event as Stripe sent it."""

    id: int
    stripe_event_id: str
    type: str
    outcome: EventOutcome
    payload: Json


class StripeEventRepository(Repository[StripeEventRow, StripeEvent]):
    """Stripe events."""

    unique_key = ("stripe_event_id",)

    def first(self, given: Mapping[str, Any]) -> StripeEvent | None:
        """The event, now written down; None when it was there. Waits for who is just writing it."""
        new = insert(self.row).values(**given).on_conflict_do_nothing(index_elements=self.unique_key)
        return next(iter(self._written(new.returning(self.row))), None)


class StripeEventService(Observable[StripeEvent], AccessControlled[StripeEvent]):
    """Stripe events, for administrators to look at."""

    repository: StripeEventRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)
