"""How often one may call: who is counted, by what, and what they are told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from tests.api.access.doors import World
from tests.api.factories import Shelf

COUNTED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@pytest.fixture
def world(app: Flask, shelf: Shelf) -> World:
    return World(app, shelf)


def told(answer: Any) -> tuple[int, ...]:
    return tuple(int(answer.headers[name]) for name in COUNTED)


def test_who_is_signed_in_is_told_how_many_reads_are_left(world: World) -> None:
    browser, headers = world.browser("customer")
    limit, left, reset = told(browser.get("/api/v1/tags", headers=headers))
    assert (limit, left) == (1200, 1199)
    assert 0 <= reset <= 61
    assert told(browser.get("/api/v1/icons", headers=headers))[1] == 1198
    assert told(world.app.test_client().get("/api/v1/tags", headers=headers))[1] == 1197
    other, theirs = world.browser("other customer")
    assert told(other.get("/api/v1/tags", headers=theirs))[1] == 1199


def test_what_everybody_may_read_is_not_counted(client: FlaskClient, cache: Redis) -> None:
    for path in ("/api/v1/icons", "/api/v1/tags", "/"):
        assert not set(COUNTED) & set(client.get(path).headers.keys())
    assert cache.keys("*limit*") == []
    assert cache.keys("*LIMIT*") == []


def test_changes_are_counted_by_themselves_and_guests_by_their_address(
    world: World, client: FlaskClient
) -> None:
    browser, headers = world.browser("contributor")
    browser.get("/api/v1/tags", headers=headers)
    refused = browser.post("/api/v1/tags", json={}, headers=headers)
    assert refused.status_code == 403
    limit, left, _ = told(client.delete("/api/v1/session"))
    assert (limit, left) == (300, 299)


def test_who_asks_too_often_is_told_how_long_to_wait(client: FlaskClient) -> None:
    answers = [client.post("/api/v1/session", json={}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "Retry-After" not in answers[0].headers
    late = answers[-1]
    assert late.json["code"] == "too-many-requests"
    assert 0 < int(late.headers["Retry-After"]) <= 61
    assert told(late)[:2] == (10, 0)
