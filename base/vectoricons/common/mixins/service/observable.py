"""Observable: every operation is timed and logged."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from vectoricons.common import log
from vectoricons.common.entity import Entity
from vectoricons.common.operation import Operation
from vectoricons.common.service import Service

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

logger = log.get(__name__)


class Observable(Service[E]):
    """Every operation is a log line: name, result (``ok`` or ``failed``), ``duration_ms``, actor, trace."""

    def _perform(self, operation: Operation, body: Callable[[], T]) -> T:
        started, result = time.perf_counter(), "failed"
        try:
            answer = super()._perform(operation, body)
            result = "ok"
            return answer
        finally:
            logger.debug(
                "operation",
                operation=f"{self.kind}.{operation.name}",
                result=result,
                duration_ms=round((time.perf_counter() - started) * 1000, 2),
                actor=self.work.actor.name,
                trace_id=self.work.trace_id,
            )
