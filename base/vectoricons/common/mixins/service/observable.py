"""Observable: every operation is measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from vectoricons.common import observability
from vectoricons.common.entity import Entity
from vectoricons.common.operation import Operation
from vectoricons.common.service import Service

E = TypeVar("E", bound=Entity)
T = TypeVar("T")


class Observable(Service[E]):
    """Every operation is a span, a duration and a line in the log, with result, actor and trace."""

    def _perform(self, operation: Operation, body: Callable[[], T]) -> T:
        with observability.operation(
            self.kind, operation.name, actor=self.work.actor.name, trace_id=self.work.trace_id
        ):
            return super()._perform(operation, body)
