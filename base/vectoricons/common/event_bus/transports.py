"""Transports of the bus besides SNS and SQS: within this process, and through a stream in Valkey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from vectoricons.common import log
from vectoricons.common.errors import Invalid
from vectoricons.common.event_bus.bus import Deliver, Failure
from vectoricons.common.event_bus.envelope import Envelope

BATCH = 10
KEPT = 100_000  # entries of the stream, about: what is older was heard long ago
PATIENCE = 60.0  # seconds an event is its reader's, until another takes it to be dead
MOST_DELIVERIES = 5
BODY = b"event"

logger = log.get(__name__)


def _nobody(_envelope: Envelope) -> Sequence[Failure]:
    return ()


class Memory:
    """Within this process: who emits calls the handlers. For one process, or for tests."""

    def __init__(self) -> None:
        self._deliver: Deliver = _nobody

    def connect(self, deliver: Deliver) -> None:
        """Hand every event to *deliver*."""
        self._deliver = deliver

    def send(self, envelope: Envelope) -> None:
        """Deliver it now."""
        self._deliver(envelope)


class Stream:
    """Through a stream in Valkey. Of the processes of a *group* one hears of each event, at least once.

    An event that a handler failed at, or whose reader died, is delivered again after *patience* seconds; the
    fifth time it goes to ``{name}:dead`` for people to look at.
    """

    def __init__(
        self, valkey: Redis, *, name: str, group: str, consumer: str, patience: float = PATIENCE
    ) -> None:
        self._valkey = valkey
        self._name = name
        self._group = group
        self._consumer = consumer
        self._patience = round(patience * 1000)
        self._deliver: Deliver = _nobody

    def connect(self, deliver: Deliver) -> None:
        """Hand what :meth:`receive` finds to *deliver*. The group hears of what is sent from now on."""
        self._deliver = deliver
        try:
            self._valkey.xgroup_create(self._name, self._group, id="$", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def send(self, envelope: Envelope) -> None:
        """Put it at the end of the stream."""
        self._valkey.xadd(self._name, {BODY: envelope.to_json()}, maxlen=KEPT, approximate=True)

    def receive(self) -> int:
        """Deliver some of what waits, first what nobody took in; returns how many events are done with."""
        entries = self._given_up() or self._new()
        return sum(self._handle(key, fields) for key, fields in entries)

    def _given_up(self) -> list[tuple[bytes, dict[bytes, bytes]]]:
        claimed: Any = self._valkey.xautoclaim(
            self._name, self._group, self._consumer, min_idle_time=self._patience, count=BATCH
        )
        return [(key, fields) for key, fields in claimed[1] if fields]

    def _new(self) -> list[tuple[bytes, dict[bytes, bytes]]]:
        found: Any = self._valkey.xreadgroup(self._group, self._consumer, {self._name: ">"}, count=BATCH)
        return [entry for _, entries in found for entry in entries]

    def _handle(self, key: bytes, fields: dict[bytes, bytes]) -> bool:
        body = fields.get(BODY, b"")
        try:
            failures: Sequence[object] = self._deliver(Envelope.from_json(body))
        except Invalid as error:
            logger.error("no-event", stream=self._name, reason=error.detail)
            failures = [error]
        if failures and self._deliveries(key) < MOST_DELIVERIES:
            return False
        with self._valkey.pipeline() as together:
            if failures:
                together.xadd(f"{self._name}:dead", {BODY: body}, maxlen=KEPT, approximate=True)
            together.xack(self._name, self._group, key)
            together.execute()
        return True

    def _deliveries(self, key: bytes) -> int:
        pending: Any = self._valkey.xpending_range(self._name, self._group, min=key, max=key, count=1)
        return int(pending[0]["times_delivered"]) if pending else MOST_DELIVERIES
