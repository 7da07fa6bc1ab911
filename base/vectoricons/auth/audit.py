"""The trail of what guests did at the door: kept, but sent nowhere; the world hears the typed events."""

from __future__ import annotations

from typing import Any

from vectoricons.common.events import Event, Phase
from vectoricons.common.unit_of_work import UnitOfWork


def record(work: UnitOfWork, operation: str, *user_ids: int, **more: Any) -> None:
    """Write down that *operation* was done, on these users' accounts."""
    work.record(Event.of("user", Phase.AFTER, operation, {"ids": list(user_ids), **more}))
