"""What people have of the catalogue, by API: likes, downloads, purchases."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tenacity import Retrying, stop_after_delay, wait_fixed

from containers.api import search_log
from tests.api.access.doors import Program, World
from tests.api.factories import SYSTEM, Shelf
from tests.base.shop import Shop
from vectoricons.common.actor import Actor
from vectoricons.products.items import Item
from vectoricons.search_activity import SearchActivityService

FAVORITES, DOWNLOADS = "/api/v1/favorites", "/api/v1/downloads"


@pytest.fixture(scope="module")
def world(app: Flask, shelf: Shelf) -> World:
    return World(app, shelf)


@pytest.fixture
def ann(world: World) -> Program:
    return Program(world, "customer")


@pytest.fixture
def bob(world: World) -> Program:
    return Program(world, "other customer")


@pytest.fixture
def root(world: World) -> Program:
    return Program(world, "admin")


@pytest.fixture
def icon(shelf: Shelf) -> Item:
    return shelf.item(shelf.set(shelf.family(price=20)), "Arrow up")


@pytest.fixture
def priced(shelf: Shelf) -> Item:
    return shelf.items(shelf.set(shelf.family(price=20)), ["Fire"], price=2)[0]


def about(item: Item, **more: Any) -> dict[str, Any]:
    return {"entityType": "icon", "entityId": item.unique_id, **more}


def test_a_thing_is_liked_once_and_by_its_public_id(
    ann: Program, client: FlaskClient, icon: Item, world: World
) -> None:
    first, again = (ann("POST", FAVORITES, about(icon)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert {name: first.json[name] for name in ("entityType", "entityId", "userId")} == {
        **about(icon),
        "userId": str(world.user("customer").uuid),
    }
    assert ann("GET", first.headers["Location"]).json == again.json
    assert client.get(f"/api/v1/icons/{icon.unique_id}").json["likes"] == 1
    assert ann("DELETE", first.headers["Location"]).status_code == 204
    assert ann("GET", first.headers["Location"]).status_code == 404
    assert client.get(f"/api/v1/icons/{icon.unique_id}").json["likes"] == 0


def test_everybody_removes_all_of_their_own(ann: Program, bob: Program, icon: Item, priced: Item) -> None:
    for who in (ann, bob):
        for item in (icon, priced):
            who("POST", FAVORITES, about(item))
    (found,) = ann("GET", f"{FAVORITES}?entityType=icon&entityId={icon.unique_id}").json["items"]
    assert found["entityId"] == icon.unique_id
    assert ann("DELETE", FAVORITES).status_code == 204
    assert ann("GET", FAVORITES).json["items"] == []
    assert len(bob("GET", FAVORITES).json["items"]) == 2


def test_nobody_likes_what_they_cannot_see(ann: Program, shelf: Shelf, icon: Item) -> None:
    hidden = shelf.item(shelf.set(shelf.family(is_active=False)))
    for item in (hidden, icon.clone_with(unique_id="0" * 12)):
        answer = ann("POST", FAVORITES, about(item))
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "entityId")


def test_what_is_free_is_downloaded_by_a_signed_link_and_logged(
    ann: Program, bob: Program, root: Program, icon: Item, world: World
) -> None:
    answer = ann("POST", DOWNLOADS, about(icon))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    (file,) = answer.json["files"]
    assert file["name"] == "arrow-up.svg"
    assert file["url"].startswith(f"http://assets.test/{icon.svg_key}?")
    assert "Signature=" in file["url"]
    (logged,) = ann("GET", answer.headers["Location"]).json["items"]
    assert (logged["grantedBy"], logged["format"], logged["isCharged"]) == ("free", "svg", False)
    assert "objectKey" not in logged
    assert bob("GET", answer.headers["Location"]).json["items"] == []
    whose = f"{DOWNLOADS}?userId={world.user('customer').uuid}"
    assert logged in root("GET", whose).json["items"]
    assert bob("GET", whose).json["items"] == []


def test_what_has_a_price_is_downloaded_by_who_bought_it(
    ann: Program, bob: Program, priced: Item, world: World
) -> None:
    refused = ann("POST", DOWNLOADS, about(priced))
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        order = Shop(work).sell(world.user("customer"), priced)  # type: ignore[arg-type]
    assert ann("POST", DOWNLOADS, about(priced)).status_code == 201
    assert bob("POST", DOWNLOADS, about(priced)).status_code == 403
    (bought,) = ann("GET", f"/api/v1/purchased-items?entityType=icon&entityId={priced.unique_id}").json[
        "items"
    ]
    assert {**bought, "id": 0, "createdAt": ""} == {
        **about(priced, id=0, createdAt=""),
        "userId": str(world.user("customer").uuid),
        "orderId": order.unique_id,
    }
    assert bob("GET", f"/api/v1/purchased-items/{bought['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"entityType": "icon"}, "entityId"),
        ({"entityType": "user", "entityId": "0" * 12}, "entityType"),
        ({"entityType": "icon", "entityId": "0" * 12, "format": "gif"}, "format"),
        ({"entityType": "icon", "entityId": "0" * 12, "userId": "me"}, "userId"),
    ],
)
def test_a_wrong_field_of_a_download_is_named(ann: Program, body: Any, field: str) -> None:
    answer = ann("POST", DOWNLOADS, body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    "query",
    ["entityId=7", "entityType=icon&entityId=000000000000", "entityType=user&entityId=x", "userId=x",
     "entityType=credit&entityId=x", f"entityType=credit&entityId={10**30}"],
)  # fmt: skip
def test_an_id_that_is_none_is_a_wrong_field(ann: Program, query: str) -> None:
    answer = ann("GET", f"/api/v1/purchased-items?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] in ("entityId", "userId")


def test_searches_are_noted_beside_their_answers(
    ann: Program, root: Program, client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_log, "EVERY", 0.1)
    for path in ("/api/v1/search?q=Zebra%20%20Crossing", "/search?q=zebra+crossing", "/search?type=icon"):
        assert client.get(path).status_code == 200
    assert ann("GET", "/api/v1/search?q=zebra crossing&price=free").status_code == 200
    for attempt in Retrying(stop=stop_after_delay(20), wait=wait_fixed(0.05), reraise=True):
        with attempt:
            noted = root("GET", "/api/v1/search-activity?searchTerm=zebra crossing").json["items"]
            times = {search["userId"]: (search["times"], search["hits"]) for search in noted}
            assert times == {None: (2, 0), str(world.user("customer").uuid): (1, 0)}


def test_administrators_see_what_is_looked_for(root: Program, world: World) -> None:
    for visitor in ("customer", "other customer"):
        with world.shelf.database.unit_of_work(Actor.of(world.user(visitor))) as work:
            SearchActivityService(work).note("Weather")
    (first, second) = root("GET", "/api/v1/search-activity?searchTerm=weather").json["items"]
    assert {first["userId"], second["userId"]} == {
        str(world.user(visitor).uuid) for visitor in ("customer", "other customer")
    }
    terms = root("GET", "/api/v1/search-activity/terms?since=2020-01-01&limit=5").json["items"]
    assert {"term": "weather", "times": 2} in terms
