"""Images by API: which of a thing's pictures are shown, and to whom."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.access.doors import Program, World
from tests.api.factories import SYSTEM, Shelf
from vectoricons.images import ImageRepository
from vectoricons.products.items import Item

IMAGES = "/api/v1/images"


@pytest.fixture
def owner(app: Flask, shelf: Shelf) -> Program:
    return Program(World(app, shelf), "contributor")


@pytest.fixture
def other(app: Flask, shelf: Shelf) -> Program:
    return Program(World(app, shelf), "other contributor")


@pytest.fixture
def icon(shelf: Shelf) -> Item:
    """A free icon with three public pictures in five files, and a private one."""
    made = shelf.item(shelf.set(shelf.family()))
    with shelf.database.unit_of_work(SYSTEM) as work:
        images = ImageRepository(work.session)
        public = images.find_by_entity("icon", made.id)[0]
        images.create(public.clone_with(kind="preview", format="svg", visibility="private"))
    return made


def listed(icon: Item, query: str = "") -> str:
    return f"{IMAGES}?entityType=icon&entityId={icon.unique_id}{query}"


def test_everybody_sees_the_public_ones_with_their_address_and_the_owner_all(
    owner: Program, other: Program, client: FlaskClient, icon: Item
) -> None:
    shown = client.get(listed(icon)).json["items"]
    assert {image["visibility"] for image in shown} == {"public"}
    assert all(image["url"].startswith("http://assets.test/images/") for image in shown)
    assert all(image["entityId"] == icon.unique_id for image in shown)
    assert other("GET", listed(icon)).json["items"] == shown
    (private,) = (image for image in owner("GET", listed(icon)).json["items"] if image not in shown)
    assert (private["visibility"], private["url"]) == ("private", None)
    assert not {"objectKey", "imageHash"} & private.keys()
    assert client.get(f"{IMAGES}/{private['id']}").status_code == 404


def test_a_key_that_may_not_read_the_catalogue_sees_what_everybody_does(
    owner: Program, client: FlaskClient, icon: Item
) -> None:
    def seen_with(scope: str) -> TestResponse:
        key = owner("POST", "/api/v1/api-keys", {"name": "a key", "scopes": [scope]}).json["key"]
        return client.get(listed(icon), headers={"Authorization": f"Bearer {key}"})

    public = client.get(listed(icon))
    narrow, wide = seen_with("downloads:write"), seen_with("catalogue:read")
    assert (narrow.json, narrow.headers["Cache-Control"]) == (public.json, public.headers["Cache-Control"])
    assert len(wide.json["items"]) == len(public.json["items"]) + 1
    assert wide.headers["Cache-Control"].startswith("private")


def test_pictures_of_what_is_not_shown_are_not(
    owner: Program, other: Program, client: FlaskClient, icon: Item
) -> None:
    image = client.get(listed(icon)).json["items"][0]
    owner("PATCH", f"/api/v1/icons/{icon.unique_id}", {"isActive": False})
    assert client.get(f"{IMAGES}/{image['id']}").status_code == 404
    assert other("GET", listed(icon)).json["items"] == []
    assert owner("GET", f"{IMAGES}/{image['id']}").json["url"] == image["url"]


def test_the_owner_names_puts_away_and_brings_back(
    owner: Program, other: Program, client: FlaskClient, icon: Item
) -> None:
    address = f"{IMAGES}/{client.get(listed(icon)).json['items'][0]['id']}"
    assert owner("PATCH", address, {"name": "An arrow"}).json["name"] == "An arrow"
    assert other("PATCH", address, {"name": "Mine"}).status_code == 403
    assert owner("DELETE", address).status_code == 204
    assert client.get(address).status_code == 404
    assert len(owner("GET", listed(icon, "&isDeleted=true")).json["items"]) == 1
    back = owner("PATCH", address, {"isDeleted": False, "isActive": True})
    assert back.json == client.get(address).json
    assert owner("PATCH", address, {"access": "all"}).status_code == 422
