"""What every part of the house has."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.base.contracts.modules.module import Module
from tests.base.world import World
from vectoricons.event_histories import EventHistoryService


def history(_world: World) -> dict[str, Any]:
    return {
        "event_id": uuid4(),
        "name": "icon.after.create",
        "entity": "icon",
        "phase": "after",
        "operation": "create",
        "actor": "system:test",
        "status": "SUCCESS",
        "payload": {"ids": [1, 2], "of": {"nested": ["deep"]}},
        "occurred_at": "2026-01-02T03:04:05.000006+00:00",
    }


MODULES: tuple[Module, ...] = (Module(EventHistoryService, history, {"actor": "system:other"}),)
