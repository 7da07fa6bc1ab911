"""What Iconify's clients are answered: of what is free, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.api.factories import SYSTEM, Shelf
from tests.api.icons.drawings import DRAWINGS, FLAG, PREFIX, opened
from vectoricons.products.open_icons import Body

pytestmark = pytest.mark.usefixtures("things")
HOME = f"/{PREFIX}/home.svg"
EVERY = [
    HOME,
    f"/{PREFIX}:home.svg",
    f"/{PREFIX}.json?icons=home,tall",
    "/search?query=home",
    "/collections",
    f"/collection?prefix={PREFIX}&info=true",
    "/last-modified",
    "/keywords?prefix=ho",
]


def test_a_file_is_drawn_as_its_address_asks(icons: FlaskClient) -> None:
    answer = icons.get(f"{HOME}?height=48&color=%23ba3329")
    assert answer.status_code == 200
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    assert 'width="48" height="48" viewBox="0 0 24 24"' in answer.text
    assert 'fill="#ba3329"' in answer.text
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert "Content-Disposition" not in answer.headers
    saved = icons.get(f"{HOME}?download=1")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="home.svg"'


@pytest.mark.parametrize("asked", ["home", "home,tall,aside", "home,gone,home,UPPER"])
def test_the_data_of_icons_is_what_iconify_s_server_answers(
    icons: FlaskClient, peer: str, asked: str
) -> None:
    ours = icons.get(f"/{PREFIX}.json?icons={asked}").json
    theirs = requests.get(f"{peer}/{PREFIX}.json?icons={asked}", timeout=10).json()
    assert ours.keys() - {"lastModified"} == theirs.keys() - {"lastModified"}
    assert (ours["prefix"], ours["aliases"]) == (theirs["prefix"], theirs["aliases"])
    assert set(ours.get("not_found", [])) == set(theirs.get("not_found", []))
    assert {name: _whole(icon) for name, icon in ours["icons"].items()} == {
        name: _whole(icon) for name, icon in theirs["icons"].items()
    }


def _whole(icon: dict[str, Any]) -> dict[str, Any]:
    return {"left": 0, "top": 0, "width": 16, "height": 16, **icon}


@pytest.mark.parametrize(
    "query", ["home", "hom", "house", "home up", f"{PREFIX}:tall", "nothing-like-it", "!"]
)
def test_a_search_finds_what_iconify_s_server_finds_in_its_order(
    icons: FlaskClient, peer: str, query: str
) -> None:
    asked = {"query": query, "limit": "32"}
    ours = icons.get("/search", query_string=asked).json
    theirs = requests.get(f"{peer}/search", params=asked, timeout=10).json()
    assert ours.keys() == theirs.keys()
    for same in ("icons", "total", "limit", "start", "request"):
        assert ours[same] == theirs[same], same
    assert ours["collections"].keys() == theirs["collections"].keys()


def test_a_search_can_be_narrowed_and_counted(icons: FlaskClient) -> None:
    assert icons.get("/search?query=home&license=MIT").json["total"] == 2
    assert icons.get("/search?query=home&license=Apache-2.0").json["icons"] == []
    assert icons.get("/search?query=home&prefix=elsewhere").json["icons"] == []
    assert icons.get("/search?query=home&prefixes=thing-,things").json["total"] == 2
    assert icons.get("/search?query=home&category=Nowhere").json["icons"] == []
    second = icons.get("/search?query=home&start=1").json
    assert (second["icons"], second["total"], second["start"]) == ([f"{PREFIX}:home-up"], 2, 1)
    facets = icons.get("/search?query=home&facets=1").json["facets"]
    assert {"value": "mit", "label": "MIT", "count": 2} in facets["license"]


def test_sets_say_what_they_are(icons: FlaskClient) -> None:
    info = icons.get("/collections").json[PREFIX]
    assert info == {
        "name": "Things",
        "total": len(DRAWINGS),
        "author": {"name": "Ada"},
        "license": {"title": "MIT", "spdx": "MIT", "url": info["license"]["url"]},
        "palette": True,
        "samples": ["aside", "home", "home-up"],
    }
    assert icons.get("/collections?prefixes=").json.keys() == icons.get("/collections").json.keys()
    assert icons.get("/collections?prefix=other").json == {}
    listed = icons.get(f"/collection?prefix={PREFIX}").json
    assert listed == {
        "prefix": PREFIX,
        "total": len(DRAWINGS),
        "title": "Things",
        "uncategorized": sorted(DRAWINGS),
    }
    assert icons.get(f"/collection?prefix={PREFIX}&info=1").json["info"] == info


def test_clients_learn_when_a_set_changed(icons: FlaskClient, shelf: Shelf) -> None:
    at = icons.get("/last-modified?prefixes=things").json["lastModified"]
    assert at.keys() == {PREFIX}
    assert icons.get(f"/{PREFIX}.json?icons=home").json["lastModified"] == at[PREFIX]
    with shelf.database.unit_of_work(SYSTEM) as work:
        now = work.session.scalar(text("select extract(epoch from now())::bigint"))
    assert 0 <= now - at[PREFIX] < 3600


def test_words_are_completed(icons: FlaskClient, shelf: Shelf) -> None:
    into = shelf.set(shelf.family("Tagged"))
    shelf.items(into, ["tagged"], tags={"tagged": ["hotel", "hot", "shot", "two words"]})
    assert icons.get("/keywords?prefix=hot").json == {"prefix": "hot", "exists": True, "matches": ["hotel"]}
    assert icons.get("/keywords?keyword=hot").json["matches"] == ["shot", "hotel"]
    for odd in ("%25", "%5C", "two words", "_"):
        assert icons.get(f"/keywords?keyword={odd}").json["matches"] == []
    assert icons.get("/keywords").status_code == 422


@pytest.mark.parametrize("how", ["a price", "no price", "icon", "set", "family", "deleted"])
def test_what_is_not_free_or_not_shown_is_not_there(icons: FlaskClient, shelf: Shelf, how: str) -> None:
    family = shelf.family(f"hidden by {how}")
    into = shelf.set(family)
    (item,) = opened(shelf, into, {"secret": Body(FLAG, 0, 0, 24, 24)})
    with shelf.database.unit_of_work(SYSTEM) as work:
        prefix = work.session.scalar(
            text("select prefix from open_icons where icon_id = :id"), {"id": item.id}
        )
    assert icons.get(f"/{prefix}/secret.svg").status_code == 200
    assert f"{prefix}:secret" in icons.get("/search?query=secret").json["icons"]
    changes = {
        "a price": ("icons", "price = 2", item.id),
        "no price": ("icons", "price = null", item.id),
        "icon": ("icons", "is_active = false", item.id),
        "deleted": ("icons", "is_deleted = true", item.id),
        "set": ("sets", "is_active = false", into.id),
        "family": ("families", "is_active = false", family.id),
    }
    table, change, id_ = changes[how]
    with shelf.database.unit_of_work(SYSTEM) as work:
        work.session.execute(text(f"update {table} set {change} where id = :id"), {"id": id_})  # noqa: S608 - this test's own words
    assert icons.get(f"/{prefix}/secret.svg").status_code == 404
    assert icons.get(f"/{prefix}.json?icons=secret").get_data(as_text=True).count(FLAG) == 0
    assert f"{prefix}:secret" not in icons.get("/search?query=secret").json["icons"]
    assert icons.get(f"/collection?prefix={prefix}").json.get("uncategorized", []) == []


def test_what_costs_money_never_gets_an_address(icons: FlaskClient, shelf: Shelf) -> None:
    into = shelf.set(shelf.family("Dear"), "Dear")
    opened(shelf, into, {"gold": Body(FLAG, 0, 0, 24, 24)}, price=2)
    with shelf.database.unit_of_work(SYSTEM) as work:
        held = text("select count(*) from open_icons join icons on icons.id = icon_id where set_id = :id")
        assert work.session.scalar(held, {"id": into.id}) == 0
    assert icons.get("/dear/gold.svg").status_code == 404


@pytest.mark.parametrize("path", EVERY)
def test_every_read_is_everybody_s_and_may_be_kept(
    icons: FlaskClient, path: str, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with queries() as sent:
        answer = icons.get(path, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 200, answer.text
    assert len(sent) == 1
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert "Set-Cookie" not in answer.headers
    again = icons.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/nothing/home.svg", 404),
        (f"/{PREFIX}/nothing.svg", 404),
        (f"/{PREFIX}/%00.svg", 400),
        (f"/{PREFIX}/home.svg?color=%ff", 400),
        (f"/{PREFIX}/home.svg?width=a;b", 422),
        ("/nothing.json?icons=home", 404),
        (f"/{PREFIX}.json", 422),
        (f"/{PREFIX}.json?icons=", 422),
        ("/search", 422),
        ("/search?query=", 422),
        ("/search?query=home&limit=many", 422),
        ("/search?query=home&limit=0", 422),
        ("/search?query=home&start=-1", 422),
        ("/search?query=home&start=64", 422),
        ("/search?query=home&facets=1&prefix=things", 422),
        ("/collection", 422),
        ("/collection?prefix=nothing", 404),
        (f"/last-modified?prefixes={'x' * 5000}", 422),
    ],
)
def test_bad_input_gets_a_problem_that_says_what_is_wrong(icons: FlaskClient, path: str, status: int) -> None:
    answer = icons.get(path)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"].endswith(".")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_host_without_a_path_leads_to_the_site(icons: FlaskClient) -> None:
    answer = icons.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "http://localhost:8000")
    assert "Disallow" in icons.get("/robots.txt").text
    assert icons.get("/readyz").json["status"] == "ok"
    assert icons.options(HOME).headers["Access-Control-Allow-Methods"] == "GET, OPTIONS"
