"""The unit of work: one transaction, one actor. What is done in it becomes true together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from vectoricons.common import log, outbox
from vectoricons.common.actor import Actor
from vectoricons.common.cache import Cache, Mode, Nowhere
from vectoricons.common.event_bus.payload import payload_type
from vectoricons.common.events import Event, EventHistoryRow, Outcome, Phase, subject

logger = log.get(__name__)


class UnitOfWork:
    """A transaction in progress. Services take it; ``session`` is for repositories and read functions.

    ``changed`` holds the entity kinds written so far: what a cache knows of them is not for this transaction.
    ``cache_mode`` says how reads go by the cache; see ``Mode.asked`` for who may choose.
    """

    def __init__(
        self, session: Session, actor: Actor, *, cache: Cache | None = None, trace_id: str | None = None
    ) -> None:
        self.session = session
        self.actor = actor
        self.cache = cache or Nowhere()
        self.cache_mode = Mode.DEFAULT
        self.trace_id = trace_id
        self.changed: set[str] = set()
        self._failures: list[Event] = []
        self._after_commit: list[Callable[[], object]] = []

    def emit(self, *events: Event) -> None:
        """Send *events* to the world, if and when this transaction commits. NotFound for an unknown name."""
        for event in events:
            payload_type(event.name)
        outbox.write(self.session, self.actor, self.trace_id, events)

    def record(self, *events: Event) -> None:
        """Write *events* into the audit trail; ``failed`` ones at the end: they survive a rollback."""
        kept = [event for event in events if event.parts[1] != Phase.FAILED]
        self._failures += [event for event in events if event.parts[1] == Phase.FAILED]
        self._write_history(kept)

    def after_commit(self, effect: Callable[[], object]) -> None:
        """Do *effect* once the transaction has committed; never if it rolls back or the process dies."""
        self._after_commit.append(effect)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can be refused by the database without losing what came before it."""
        with self.session.begin_nested():
            yield

    def commit(self) -> None:
        """Make it true, then do what was to follow."""
        self._write_failures()
        self.session.commit()
        self.changed.clear()
        effects, self._after_commit = self._after_commit, []
        for effect in effects:
            self._follow_up(effect)

    def rollback(self) -> None:
        """Undo everything but the record of what failed."""
        self.session.rollback()
        self.changed.clear()
        self._after_commit.clear()
        try:
            self._write_failures()
            self.session.commit()
        except SQLAlchemyError:  # what made the work fail (a lost connection) must not be hidden by this
            self.session.rollback()
            logger.exception("failures not recorded")

    def _follow_up(self, effect: Callable[[], object]) -> None:
        try:
            effect()
        except Exception:  # the transaction is true already: nobody may be told otherwise
            logger.exception("effect after commit failed")

    def _write_failures(self) -> None:
        self._write_history(self._failures)
        self._failures = []

    def _write_history(self, events: Sequence[Event]) -> None:
        if events:
            self.session.execute(insert(EventHistoryRow), [self._history(event) for event in events])

    def _history(self, event: Event) -> dict[str, Any]:
        entity, phase, operation = event.parts
        payload = event.jsonable()
        return {
            "event_id": event.id,
            "name": event.name,
            "entity": entity,
            "phase": phase,
            "operation": operation,
            "entity_id": subject(payload.get("ids", ())),
            "actor": self.actor.name,
            "user_id": self.actor.id,
            "trace_id": self.trace_id,
            "status": Outcome.FAILED if phase == Phase.FAILED else Outcome.SUCCESS,
            "payload": payload,
            "occurred_at": event.occurred_at,
        }
