"""The naive twin that the catalogue is measured beside answers the same page, or its time says nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bench import naive
from tests.api.factories import Shelf
from vectoricons.common.database import Database
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue
from vectoricons.products.catalogue import ICONS, Order


def test_its_page_is_ours_and_so_is_the_next(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url.render_as_string(hide_password=False))
    shelf = Shelf(database)
    names = [f"Twin {number}" for number in range(naive.PAGE + 5)]
    shelf.items(shelf.set(shelf.family("Twins")), names, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    hidden = shelf.set(shelf.family("Hidden", is_active=False))
    shelf.items(hidden, ["unseen"])
    twin = naive.create_app().test_client()
    with database.reader() as connection:
        ask = Ask(key="k", sort_by=ICONS.by(Order.NEWEST), limit=naive.PAGE)
        first = json.loads(catalogue.page(connection, ICONS, ask, "http://assets.test").to_json())
        assert twin.get("/icons").json["items"] == first["items"]
        following = Ask.following(
            first["page"]["next"], key="k", sort_by=ICONS.by(Order.NEWEST), limit=naive.PAGE
        )
        second = json.loads(catalogue.page(connection, ICONS, following, "http://assets.test").to_json())
        assert following.position is not None
        at, id_ = following.position.values
        assert len(second["items"]) == 5
        assert (
            twin.get("/icons", query_string={"after": f"{at.isoformat()}_{id_}"}).json["items"]
            == second["items"]
        )
