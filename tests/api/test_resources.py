"""Resources: what all of them do alike, shown by the simplest."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.access.doors import World
from tests.api.factories import SYSTEM, Shelf
from vectoricons.auth.api_keys import ApiKeyService, Scope
from vectoricons.config.enums import Role
from vectoricons.users.user_to_roles import UserToRoleRepository

CATEGORIES = "/api/v1/categories"


class Admin:
    """An administrator's program."""

    def __init__(self, world: World) -> None:
        self._browser, self._headers = world.browser("admin")

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self._browser.open(path, method=method, json=body, headers=sent)


@pytest.fixture
def admin(app: Flask, shelf: Shelf) -> Admin:
    return Admin(World(app, shelf))


def test_a_thing_is_made_found_changed_and_removed(admin: Admin, client: FlaskClient) -> None:
    made = admin("POST", CATEGORIES, {"name": "Weather"})
    assert made.status_code == 201
    address = made.headers["Location"]
    assert client.get(address).json == made.json
    changed = admin("PATCH", address, {"name": "Skies"})
    assert changed.json == {**made.json, "name": "Skies", "updatedAt": changed.json["updatedAt"]}
    assert client.get(address).json["name"] == "Skies"
    gone = admin("DELETE", address)
    assert (gone.status_code, gone.data) == (204, b"")
    assert client.get(address).status_code == 404
    assert admin("DELETE", address).status_code == 404


def test_a_list_is_read_page_by_page_and_each_page_once(admin: Admin, client: FlaskClient) -> None:
    for number in range(5):
        admin("POST", "/api/v1/styles", {"value": f"paged{number}", "label": "L"})
    seen: list[str] = []
    path: str | None = "/api/v1/styles?limit=2"
    while path:
        page = client.get(path).json
        seen += [style["value"] for style in page["items"]]
        token = page["page"]["next"]
        path = token and f"/api/v1/styles?limit=2&cursor={token}"
    assert len(seen) == len(set(seen))
    assert seen[:5] == [f"paged{number}" for number in (4, 3, 2, 1, 0)]
    token = client.get("/api/v1/styles?limit=2").json["page"]["next"]
    assert client.get(f"/api/v1/categories?limit=2&cursor={token}").json["code"] == "invalid-cursor"


def test_what_is_switched_off_only_administrators_see(admin: Admin, client: FlaskClient) -> None:
    address = admin("POST", CATEGORIES, {"name": "Off"}).headers["Location"]
    admin("PATCH", address, {"isActive": False})
    assert client.get(address).status_code == 404
    assert client.get(f"{CATEGORIES}?isActive=false").json["items"] == []
    assert [found["name"] for found in admin("GET", f"{CATEGORIES}?isActive=false").json["items"]] == ["Off"]


def test_guests_answers_may_be_kept_by_anybody_and_others_by_nobody_else(
    admin: Admin, client: FlaskClient
) -> None:
    assert client.get(CATEGORIES).headers["Cache-Control"].startswith("public")
    assert admin("GET", CATEGORIES).headers["Cache-Control"] == "private, no-cache"


def test_who_edits_an_outdated_thing_is_told_so(admin: Admin) -> None:
    address = admin("POST", CATEGORIES, {"name": "Animals"}).headers["Location"]
    seen = admin("GET", address).headers["ETag"]
    assert admin("PATCH", address, {"name": "Beasts"}, If_Match=seen).status_code == 200
    for method in ("PATCH", "DELETE"):
        late = admin(method, address, {"name": "Pets"}, If_Match=seen)
        assert (late.status_code, late.json["code"]) == (412, "changed-meanwhile")
    now = admin("GET", address)
    assert now.json["name"] == "Beasts"
    weak = f"W/{now.headers['ETag']}"  # as a CDN hands it on that has compressed the answer
    assert admin("PATCH", address, {"name": "Beings"}, If_Match=weak).status_code == 200
    assert admin("DELETE", address, If_Match=weak).status_code == 412
    now = admin("GET", address)
    assert admin("DELETE", address, If_Match=now.headers["ETag"]).status_code == 204


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "name", "is missing"),
        ({"name": ""}, "name", "It is its name"),
        ({"name": "a\0"}, "name", "NUL"),
        ({"name": "x", "id": 7}, "id", "not known here"),
        ({"name": ["x"]}, "name", "valid string"),
    ],
)
def test_a_wrong_field_is_named(admin: Admin, body: Any, field: str, words: str) -> None:
    answer = admin("POST", CATEGORIES, body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert words in answer.json["detail"]


def test_what_is_there_already_is_a_conflict(admin: Admin) -> None:
    given = {"value": "twice", "label": "Twice"}
    assert admin("POST", "/api/v1/styles", given).status_code == 201
    again = admin("POST", "/api/v1/styles", given)
    assert (again.status_code, again.json["code"]) == (409, "duplicate")


def test_things_are_referred_to_by_public_names_alone(admin: Admin, shelf: Shelf) -> None:
    family = shelf.family()
    given = {"entityType": "family", "entityId": family.unique_id, "key": "colour", "value": "red"}
    made = admin("POST", "/api/v1/options", given)
    assert {name: made.json[name] for name in given} == given
    wrong = admin("POST", "/api/v1/options", {**given, "entityId": "000000000000"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "entityId")
    assert "there is nothing with the id" in wrong.json["detail"]


def test_a_key_does_what_its_scopes_say_and_never_what_an_administrator_may(app: Flask, shelf: Shelf) -> None:
    user = shelf.contributor("keeper")
    with shelf.database.unit_of_work(SYSTEM) as work:
        UserToRoleRepository(work.session).give(user.id, Role.ADMIN)
        keys = {
            scope: ApiKeyService(work).issue(user.id, "a key", [scope])[1]
            for scope in (Scope.UPLOADS_WRITE, Scope.CATALOGUE_READ)
        }
    browser = app.test_client()

    def post(scope: Scope, path: str, body: dict[str, Any]) -> Any:
        return browser.post(path, json=body, headers={"Authorization": f"Bearer {keys[scope]}"})

    assert post(Scope.UPLOADS_WRITE, "/api/v1/uploads", {"filename": "a.zip"}).status_code == 201
    refused = post(Scope.CATALOGUE_READ, "/api/v1/uploads", {"filename": "a.zip"})
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert 'not be used for "uploads:write"' in refused.json["detail"]
    assert post(Scope.UPLOADS_WRITE, CATEGORIES, {"name": "Mine"}).status_code == 403
