"""Pluggable: every write leaves events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from vectoricons.common.entity import Entity
from vectoricons.common.errors import AppError
from vectoricons.common.events import Event, Phase
from vectoricons.common.operation import Operation, Read, Write
from vectoricons.common.service import Service

E = TypeVar("E", bound=Entity)
T = TypeVar("T")


class Pluggable(Service[E]):
    """Every write is recorded ``before``, then ``after`` or ``failed``; ``after`` also goes out to the world.

    Values of hidden fields are in none. ``emits_events = False`` in a service switches its events off.
    """

    emits_events: ClassVar[bool] = True

    def _perform(self, operation: Operation, body: Callable[[], T]) -> T:
        if isinstance(operation, Read) or not self.emits_events:
            return super()._perform(operation, body)
        touched = [] if operation.id is None else [operation.id]
        self._record(Phase.BEFORE, operation, {"ids": touched, "items": self._shown(operation)})
        try:
            answer = super()._perform(operation, body)
        except Exception as error:
            self._record(Phase.FAILED, operation, {"ids": touched, "error": _reason(error)})
            raise
        self.work.emit(self._record(Phase.AFTER, operation, {"ids": _ids(answer) or touched}))
        return answer

    def _record(self, phase: Phase, operation: Write, data: Mapping[str, Any]) -> Event:
        event = Event.of(self.kind, phase, operation.name, data)
        self.work.record(event)
        return event

    def _shown(self, operation: Write) -> list[dict[str, Any]]:
        hidden = self.entity.hidden_fields()
        return [
            {name: value for name, value in item.items() if name not in hidden} for item in operation.items
        ]


def _ids(answer: Any) -> list[Any]:
    entities = answer if isinstance(answer, list) else [answer]
    return [entity.id for entity in entities if isinstance(entity, Entity)]


def _reason(error: Exception) -> dict[str, str]:
    if isinstance(error, AppError):
        return {"code": error.code, "detail": error.detail}
    return {"code": AppError.code, "detail": type(error).__name__}
