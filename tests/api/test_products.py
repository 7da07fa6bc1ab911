"""The catalogue written by API: what contributors do with what is theirs, and who sees it when."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.access.doors import Program, World
from tests.api.factories import SYSTEM, Shelf
from vectoricons.auth.api_keys import ApiKeyService, Scope
from vectoricons.products.categories import CategoryService
from vectoricons.teams import TeamService
from vectoricons.teams.team_types import TeamTypeRepository, TeamTypeValue

FAMILIES, SETS, ICONS = "/api/v1/families", "/api/v1/sets", "/api/v1/icons"


@pytest.fixture(scope="module")
def world(app: Flask, shelf: Shelf) -> World:
    return World(app, shelf)


@pytest.fixture
def ada(world: World) -> Program:  # type: ignore[override]
    return Program(world, "contributor")


@pytest.fixture
def grace(world: World) -> Program:  # type: ignore[override]
    return Program(world, "other contributor")


@pytest.fixture
def root(world: World) -> Program:
    return Program(world, "admin")


@pytest.fixture
def icon(shelf: Shelf) -> str:
    """The address of a live, free icon of ada's."""
    return f"{ICONS}/{shelf.item(shelf.set(shelf.family())).unique_id}"


def names(answer: Any) -> list[str]:
    return [item["name"] for item in answer.json["items"]]


def test_what_is_banned_is_not_said(ada: Program, root: Program, icon: str) -> None:
    assert root("POST", "/api/v1/banned-words", {"word": "darn"}).status_code == 201
    for sent in ({"name": "Darn cat"}, {"tags": ["cat", "darn"]}):
        refused = ada("PATCH", icon, sent)
        assert refused.status_code == 422
        assert 'holds "darn", which is not allowed here' in refused.json["detail"]
    assert ada("POST", FAMILIES, {"name": "Cats", "description": "Darn cats."}).status_code == 422


def test_a_family_is_made_filled_and_shown(ada: Program, client: FlaskClient) -> None:
    made = ada("POST", FAMILIES, {"name": "Weather", "description": "Skies.", "price": "20.00"})
    assert made.status_code == 201, made.text
    family = made.headers["Location"]
    assert (made.json["price"], made.json["license"]["type"]) == ("20.00", "premium")
    assert (made.json["isActive"], client.get(family).status_code) == (False, 404)
    assert ada("GET", family).json == made.json
    inside = {"name": "Outline", "family": made.json["id"], "type": "icon", "style": "outline"}
    a_set = ada("POST", SETS, {**inside, "price": 10, "sort": 3})
    assert a_set.status_code == 201, a_set.text
    assert {"style": "outline", "type": "icon", "sort": 3, "price": "10.00"}.items() <= a_set.json.items()
    icon = ada("POST", ICONS, {"name": "Sun", "set": a_set.json["id"], "tags": ["Sky ", "day", "sky"]})
    assert icon.status_code == 201, icon.text
    assert (icon.json["price"], icon.json["tags"], icon.json["style"]["value"]) == (
        "2.00",
        ["day", "sky"],
        "outline",
    )
    for address in (family, a_set.headers["Location"]):
        assert ada("PATCH", address, {"isActive": True}).json["isActive"]
        assert client.get(address).status_code == 200
    undrawn = ada("PATCH", icon.headers["Location"], {"isActive": True})
    assert (undrawn.status_code, undrawn.json["code"]) == (409, "conflict")


def test_the_answer_of_a_change_is_what_reading_gives(
    ada: Program, client: FlaskClient, icon: str, shelf: Shelf
) -> None:
    with shelf.database.unit_of_work(SYSTEM) as work:
        shelf_id = CategoryService(work).create({"name": "Birds"}).id
    changed = ada("PATCH", icon, {"name": "Owl", "tags": ["night", "bird"], "categories": [shelf_id]})
    assert changed.json["categories"] == [{"id": shelf_id, "name": "Birds"}]
    assert (changed.json["name"], changed.json["tags"]) == ("Owl", ["bird", "night"])
    assert client.get(icon).json == changed.json == ada("GET", icon).json
    assert names(client.get(f"{ICONS}?category=Birds&tag=night")) == ["Owl"]


def test_what_is_put_away_its_owner_brings_back_and_nobody_else_sees(
    ada: Program, grace: Program, root: Program, client: FlaskClient, icon: str
) -> None:
    before = client.get(icon).json
    assert ada("DELETE", icon).status_code == 204
    for visitor in (grace, lambda *how: client.open(how[1], method=how[0])):
        assert visitor("GET", icon).status_code == 404
    for visitor in (ada, root):
        seen = visitor("GET", icon)
        assert (seen.json["isDeleted"], seen.headers["Cache-Control"]) == (True, "private, no-cache")
    assert grace("PATCH", icon, {"isDeleted": False}).status_code == 404
    back = ada("PATCH", icon, {"isDeleted": False})
    assert (back.json["isDeleted"], back.json["isActive"]) == (False, False)
    shown = ada("PATCH", icon, {"isActive": True}).json
    assert {**shown, "updatedAt": ""} == {**before, "updatedAt": ""}


def test_what_is_in_something_switched_off_only_its_owner_sees(
    ada: Program, grace: Program, client: FlaskClient, shelf: Shelf
) -> None:
    family = shelf.family()
    icon = f"{ICONS}/{shelf.item(shelf.set(family)).unique_id}"
    ada("PATCH", f"{FAMILIES}/{family.unique_id}", {"isActive": False})
    assert (client.get(icon).status_code, grace("GET", icon).status_code) == (404, 404)
    assert grace("PATCH", icon, {}).status_code == 404
    assert ada("GET", icon).json["isActive"]


def test_an_icon_moves_to_another_set_of_its_owners_and_type(ada: Program, shelf: Shelf) -> None:
    here, there = shelf.set(shelf.family()), shelf.set(shelf.family())
    icon = f"{ICONS}/{shelf.item(here).unique_id}"
    assert ada("PATCH", icon, {"set": there.unique_id}).json["set"]["id"] == there.unique_id
    drawings = shelf.set(shelf.family(), of="illustration")
    for wrong in (drawings, there, shelf.set(shelf.family(by="grace"))):
        refused = ada("PATCH", icon, {"set": wrong.unique_id})
        assert (refused.status_code, refused.json["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ({"price": "2.00"}, "is a free one"),
        ({"price": "3.00", "license": "premium"}, "of an icon is 2.00, or 0, or null"),
        ({"price": "-1"}, '"price" is wrong'),
        ({"license": "mine"}, 'there is no license "mine"'),
        ({"set": "000000000000"}, 'there is no set "000000000000"'),
        ({"categories": [10**9]}, "category"),
        ({"tags": [""]}, '"tags.0" is wrong'),
        ({"likes": 7}, '"likes" is not known here'),
        ({"isActive": None}, '"isActive" is wrong'),
    ],
)
def test_what_is_wrong_changes_nothing_and_is_said(
    ada: Program, icon: str, patch: dict[str, Any], words: str
) -> None:
    before = ada("GET", icon).json
    answer = ada("PATCH", icon, {"name": "Other", **patch})
    assert answer.status_code == 422
    assert words in answer.json["detail"]
    assert ada("GET", icon).json == before


def test_an_icon_becomes_premium_by_its_licence_and_price(ada: Program, icon: str) -> None:
    sold = ada("PATCH", icon, {"price": "2.00", "license": "premium"})
    assert (sold.json["price"], sold.json["isPremium"]) == ("2.00", True)


def test_a_name_is_taken_once_in_a_family(ada: Program, shelf: Shelf) -> None:
    given = {"name": "Twice", "family": shelf.family().unique_id, "type": "icon"}
    assert [ada("POST", SETS, given).status_code for _ in range(2)] == [201, 409]


def test_who_edits_an_outdated_icon_is_told_so(ada: Program, icon: str) -> None:
    seen = ada("GET", icon).headers["ETag"]
    assert ada("PATCH", icon, {"name": "New"}, If_Match=seen).status_code == 200
    for method in ("PATCH", "DELETE"):
        late = ada(method, icon, {"name": "Late"} if method == "PATCH" else None, If_Match=seen)
        assert (late.status_code, late.json["code"]) == (412, "changed-meanwhile")
    assert ada("PATCH", icon, {"name": "Newer"}, If_Match=ada("GET", icon).headers["ETag"]).status_code == 200


def test_everybody_lists_their_own_and_administrators_all(
    ada: Program, grace: Program, root: Program, client: FlaskClient, shelf: Shelf
) -> None:
    family = shelf.family("Hers", by="grace")
    inside = shelf.set(family)
    shelf.items(inside, ["on", "off", "gone"])
    of = f"{ICONS}?family={family.unique_id}"
    for item in grace("GET", of).json["items"]:
        if item["name"] == "off":
            grace("PATCH", f"{ICONS}/{item['id']}", {"isActive": False})
        if item["name"] == "gone":
            grace("DELETE", f"{ICONS}/{item['id']}")
    assert names(client.get(of)) == ["on"]
    assert names(grace("GET", f"{of}&view=own")) == ["gone", "off", "on"]
    assert names(grace("GET", f"{of}&view=own&isDeleted=false")) == ["off", "on"]
    assert names(root("GET", f"{of}&view=all&isActive=false")) == ["gone", "off"]
    assert names(ada("GET", f"{of}&view=own")) == []
    grace("PATCH", f"{FAMILIES}/{family.unique_id}", {"isActive": False})
    own = grace("GET", f"{of}&view=own&limit=2")
    assert names(own) == ["gone", "off"]
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert names(grace("GET", f"{of}&view=own&limit=2&cursor={own.json['page']['next']}")) == ["on"]
    assert names(grace("GET", f"{SETS}?view=own&family={family.unique_id}")) == [inside.name]
    assert "Hers" in names(grace("GET", f"{FAMILIES}?view=own"))
    refused = [
        client.get(f"{of}&view=own"),
        grace("GET", f"{of}&view=all"),
        grace("GET", f"{of}&isActive=false"),
    ]
    assert [answer.status_code for answer in refused] == [401, 403, 422]


def test_a_teams_work_is_listed_for_its_members(
    ada: Program, grace: Program, world: World, shelf: Shelf
) -> None:
    shelf.family("Adas", by="ada"), shelf.family("Graces", by="grace")
    with shelf.database.unit_of_work(SYSTEM) as work:
        kind = TeamTypeRepository(work.session).find_by_value(TeamTypeValue.CONTRIBUTOR)
        assert kind
        who = world.user("contributor").id
        team = TeamService(work).create({"name": "Ours", "user_id": who, "team_type_id": kind.id})
    found = names(ada("GET", f"{FAMILIES}?team={team.id}"))
    assert "Adas" in found
    assert "Graces" not in found
    refused = grace("GET", f"{FAMILIES}?team={team.id}")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "team")


def test_administrators_write_for_anybody_and_contributors_for_themselves(
    ada: Program, root: Program, world: World
) -> None:
    grace = world.user("other contributor")
    given = {"name": "For Grace", "user": str(grace.uuid)}
    assert ada("POST", FAMILIES, given).status_code == 422
    made = root("POST", FAMILIES, given)
    assert made.json["contributor"]["username"] == "grace"


def test_likes_of_a_thing_are_forgotten_by_administrators(
    root: Program, client: FlaskClient, icon: str, world: World
) -> None:
    ann = Program(world, "customer")
    ann("POST", "/api/v1/favorites", {"entityType": "icon", "entityId": icon.rpartition("/")[2]})
    assert client.get(icon).json["likes"] == 1
    assert root("DELETE", f"{icon}/favorites").status_code == 204
    assert client.get(icon).json["likes"] == 0


def test_a_key_writes_with_the_scope_for_it(app: Flask, shelf: Shelf, icon: str) -> None:
    owner = shelf.contributor("ada").id
    with shelf.database.unit_of_work(SYSTEM) as work:
        keys = {
            scope: ApiKeyService(work).issue(owner, "a key", [scope])[1]
            for scope in (Scope.CATALOGUE_WRITE, Scope.CATALOGUE_READ)
        }

    def ask(method: str, scope: Scope) -> Any:
        headers = {"Authorization": f"Bearer {keys[scope]}"}
        body = {"isActive": False} if method == "PATCH" else None
        return app.test_client().open(icon, method=method, json=body, headers=headers).status_code

    assert ask("PATCH", Scope.CATALOGUE_READ) == 403
    assert ask("PATCH", Scope.CATALOGUE_WRITE) == 200
    assert (ask("GET", Scope.CATALOGUE_READ), ask("GET", Scope.CATALOGUE_WRITE)) == (200, 404)


def test_a_tag_in_use_keeps_its_name_and_its_items(ada: Program, root: Program, icon: str) -> None:
    assert ada("PATCH", icon, {"tags": ["lighthouse"]}).status_code == 200
    found = {tag["name"]: tag["id"] for tag in root("GET", "/api/v1/tags?limit=100").json["items"]}
    tag = f"/api/v1/tags/{found['lighthouse']}"
    for refused in (root("DELETE", tag), root("PATCH", tag, {"name": "beacon"})):
        assert (refused.status_code, "an item has it" in refused.json["detail"]) == (409, True)
    assert root("PATCH", tag, {"isActive": False}).json["isActive"] is False
    assert ada("PATCH", icon, {"tags": []}).json["tags"] == []
    assert root("PATCH", tag, {"name": "beacon"}).json["name"] == "beacon"
    assert root("DELETE", tag).status_code == 204
