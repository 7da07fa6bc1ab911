"""Facets of common words: counted beside the answers, and given as they were meanwhile."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from tenacity import Retrying, stop_after_delay, wait_fixed

from tests.api.factories import SYSTEM, Shelf
from vectoricons.common.cache import Shared
from vectoricons.common.database import Database
from vectoricons.products import catalogue_facets, catalogue_search
from vectoricons.products.icons import IconService


def counts(client: FlaskClient) -> dict[str, int]:
    tags: Any = client.get("/api/v1/search?q=punt").json["facets"]["tag"]
    return {option["value"]: option["count"] for option in tags}


def test_a_common_word_is_counted_anew_after_the_first_answer_since_a_change(
    client: FlaskClient, shelf: Shelf, cache: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_search, "LOOKED_AT", 2)
    punt, _pole = shelf.items(shelf.set(shelf.family("Boats"), "Small"), ["punt", "punt pole"])
    assert counts(client) == {}
    kept = catalogue_facets.Alone(Shared(cache))
    with (
        closing(Database(shelf.database.url, cache=kept)) as database,
        database.unit_of_work(SYSTEM) as work,
    ):
        IconService(work).retag(punt.id, "river")
    assert counts(client) == {}
    for attempt in Retrying(stop=stop_after_delay(20), wait=wait_fixed(0.05), reraise=True):
        with attempt:
            assert counts(client) == {"river": 1}
