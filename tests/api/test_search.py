"""Search by API: what is found, in which order, and what it can be narrowed by."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from containers.api import outputs
from tests.api.factories import Shelf
from vectoricons.products.catalogue_filters import words


@pytest.fixture(scope="module", autouse=True)
def _shop(shelf: Shelf) -> None:
    interface = shelf.set(shelf.family("Interface"), "Signs", style="outline")
    shelf.items(
        interface,
        ["arrow left", "arrow", "compass", "café"],
        tags={"compass": ["arrow", "travel"], "arrow left": ["back"]},
    )
    animals = shelf.set(shelf.family("Animals", by="grace"), "Wild", of="illustration", style="flat")
    shelf.items(animals, ["arrow frog", "red fox"], of="illustration", price=5, tags={"red fox": ["travel"]})


def found(client: FlaskClient, query: str) -> list[str]:
    return [item["name"] for item in client.get(f"/api/v1/search?{query}").json["items"]]


def counts(client: FlaskClient, query: str, facet: str) -> dict[str, int]:
    facets: Any = client.get(f"/api/v1/search?{query}").json["facets"]
    return {option["value"]: option["count"] for option in facets[facet]}


def test_the_very_word_comes_first_then_names_then_tags(client: FlaskClient) -> None:
    assert found(client, "q=arrow")[0] == "arrow"
    assert found(client, "q=arrow")[-1] == "compass"
    assert sorted(found(client, "q=arrow")) == ["arrow", "arrow frog", "arrow left", "compass"]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("q=arr", 4),
        ("q=arrows", 4),
        ("q=ARROW left", 1),
        ("q=left arr", 1),
        ("q=cafe", 1),
        ("q=caf%C3%A9", 1),
        ("q=arrow zebra", 0),
        ("q=%26%7C%21%3A*", 0),
        ("q='); drop table icons; --", 0),
        ("", 6),
    ],
)
def test_words_are_found_whatever_their_form(client: FlaskClient, query: str, hits: int) -> None:
    assert len(found(client, query)) == hits
    assert client.get(f"/api/v1/search?{query}").json["facets"]["total"] == hits


def test_hits_are_narrowed_by_everything_a_list_is(client: FlaskClient) -> None:
    assert found(client, "q=arrow&type=illustration") == ["arrow frog"]
    assert sorted(found(client, "q=arrow&price=free")) == ["arrow", "arrow left", "compass"]
    assert found(client, "q=arrow&style=flat") == ["arrow frog"]
    assert sorted(found(client, "tag=travel")) == ["compass", "red fox"]
    assert found(client, "contributor=grace&q=fox") == ["red fox"]


def test_newest_is_an_order_too(client: FlaskClient) -> None:
    assert found(client, "q=arrow&sort=newest")[0] == "arrow frog"
    assert found(client, "sort=relevance") == found(client, "sort=newest")


def test_each_facet_counts_what_another_choice_would_give(client: FlaskClient) -> None:
    assert counts(client, "q=arrow", "type") == {"icon": 3, "illustration": 1}
    assert counts(client, "q=arrow&type=icon", "type") == {"icon": 3, "illustration": 1}
    assert counts(client, "q=arrow&type=icon", "price") == {"free": 3}
    assert counts(client, "q=arrow&price=premium", "style") == {"flat": 1}
    assert counts(client, "", "tag") == {"travel": 2, "arrow": 1, "back": 1}


def test_what_was_meant_is_said_where_nothing_is_found_and_nowhere_else(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?q=travle").json["meant"] == "travel"
    assert client.get("/api/v1/search?q=zebra").json["meant"] is None
    assert client.get("/api/v1/search?q=travel").json["meant"] is None
    assert client.get("/api/v1/search?type=illustration&style=outline").json["meant"] is None


def test_a_beginning_suggests_words_and_families(client: FlaskClient) -> None:
    found = client.get("/api/v1/suggestions?q=tra").json["items"]
    assert found == [{"type": "tag", "text": "travel", "id": None, "count": 2}]
    (family,) = client.get("/api/v1/suggestions?q=Anim").json["items"]
    assert (family["type"], family["text"], len(family["id"])) == ("family", "Animals", 12)
    assert client.get("/api/v1/suggestions?q=%25").json["items"] == []
    outputs.Suggestions.model_validate_json(client.get("/api/v1/suggestions?q=a").data)


@pytest.mark.parametrize(
    ("query", "field"), [("", "q"), ("q=", "q"), ("q=a&limit=0", "limit"), ("q=a&more=1", "more")]
)
def test_a_suggestion_that_cannot_be_made_names_the_field(
    client: FlaskClient, query: str, field: str
) -> None:
    answer = client.get(f"/api/v1/suggestions?{query}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_relevant_hits_are_read_on_without_gap_or_repetition(client: FlaskClient) -> None:
    first = client.get("/api/v1/search?q=arrow&limit=3").json
    second = client.get(f"/api/v1/search?q=arrow&limit=3&cursor={first['page']['next']}").json
    back = client.get(f"/api/v1/search?q=arrow&limit=3&cursor={second['page']['prev']}").json
    assert [item["name"] for item in second["items"]] == ["compass"]
    assert back["items"] == first["items"]


def test_a_query_becomes_words_that_must_all_be_there() -> None:
    assert words("arrow  left") == "arrow & left:*"
    assert words("rock'n'roll") == "rock & n & roll:*"
    assert words("!!") == ""
