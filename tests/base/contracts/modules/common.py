"""What every part of the house has."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

from tests.base.contracts.modules.module import Module
from tests.base.world import World, word
from vectoricons.banned_words import BannedWordService
from vectoricons.email_histories import EmailHistoryService
from vectoricons.event_histories import EventHistoryService
from vectoricons.options import OptionService
from vectoricons.protected_entities import ProtectedEntityService
from vectoricons.search_activity import SearchActivityService

_numbers = count(1_000_000)


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


def letter(world: World) -> dict[str, Any]:
    return {
        "event_id": uuid4(),
        "template": "welcome-offer",
        "recipient": "ann@example.org",
        "user_id": world.user().id,
        "payload": {"amount": "10.00", "of": {"nested": ["deep"]}},
    }


def option(_world: World) -> dict[str, Any]:
    return {"entity_type": "user", "entity_id": 1, "key": word("option"), "value": "on"}


def protected(_world: World) -> dict[str, Any]:
    return {"entity_type": "team", "entity_id": next(_numbers)}


def search(world: World) -> dict[str, Any]:
    return {
        "search_term": word("arrow"),
        "user_id": world.user().id,
        "session_id": "a-session",
        "searched_on": "2026-01-02",
    }


MODULES: tuple[Module, ...] = (
    Module(BannedWordService, lambda _: {"word": word("bad")}, {"word": "worse"}),
    Module(EmailHistoryService, letter, {"recipient": "bob@example.org"}),
    Module(EventHistoryService, history, {"actor": "system:other"}),
    Module(OptionService, option, {"value": "off"}),
    Module(ProtectedEntityService, protected, {"entity_id": 2}),
    Module(SearchActivityService, search, {"search_term": "other"}),
)
