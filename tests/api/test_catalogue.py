"""The catalogue by API: what is shown, to whom, in which order, and how one reads on."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from containers.api import outputs
from tests.api.factories import Shelf
from vectoricons.products.families import Family
from vectoricons.products.sets import Set


@pytest.fixture(scope="module")
def tabler(shelf: Shelf) -> Family:
    return shelf.family("Tabler", preview="previews/tabler.webp", description="Outlines.")


@pytest.fixture(scope="module")
def outline(shelf: Shelf, tabler: Family) -> Set:
    made = shelf.set(tabler, "Interface", style="outline")
    shelf.items(made, ["home", "arrow left"], tags={"home": ["house", "building"], "arrow left": ["back"]})
    return made


@pytest.fixture(scope="module")
def paid(shelf: Shelf) -> Set:
    made = shelf.set(shelf.family("Solid", by="grace", price=20), "Bold", style="solid", price=10)
    shelf.items(made, ["fire"], price=2, tags={"fire": ["hot", "house"]})
    return made


@pytest.fixture(scope="module")
def people(shelf: Shelf, tabler: Family) -> Set:
    made = shelf.set(tabler, "People", of="illustration", style="flat")
    shelf.items(made, ["walker"], of="illustration", price=5)
    return made


def names(answer: Any) -> list[str]:
    return [item["name"] for item in answer.json["items"]]


@pytest.mark.usefixtures("outline", "paid", "people")
class TestLists:
    def test_each_kind_has_a_list_of_its_own_with_the_newest_first(self, client: FlaskClient) -> None:
        assert names(client.get("/api/v1/icons")) == ["fire", "arrow left", "home"]
        assert names(client.get("/api/v1/illustrations")) == ["walker"]
        assert names(client.get("/api/v1/families")) == ["Solid", "Tabler"]
        assert names(client.get("/api/v1/sets")) == ["People", "Bold", "Interface"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("style=outline", ["arrow left", "home"]),
            ("price=premium", ["fire"]),
            ("price=free", ["arrow left", "home"]),
            ("contributor=grace", ["fire"]),
            ("tag=house", ["fire", "home"]),
            ("tag=House, building", ["fire", "home"]),
            ("tag=House, building&tagMode=all", ["home"]),
            ("q=arrow", ["arrow left"]),
            ("q=!!", []),
            ("license=mit", ["arrow left", "home"]),
            ("license=premium", ["fire"]),
            ("category=Weather", []),
            ("sort=oldest", ["home", "arrow left", "fire"]),
            ("sort=bestseller", ["fire", "arrow left", "home"]),
            ("tag=nothing", []),
            ("style=nothing", []),
        ],
    )
    def test_a_list_is_narrowed(self, client: FlaskClient, query: str, found: list[str]) -> None:
        assert names(client.get(f"/api/v1/icons?{query}")) == found

    def test_items_are_found_by_their_family_and_set(
        self, client: FlaskClient, tabler: Family, paid: Set
    ) -> None:
        assert names(client.get(f"/api/v1/icons?family={tabler.unique_id}")) == ["arrow left", "home"]
        assert names(client.get(f"/api/v1/icons?set={paid.unique_id}")) == ["fire"]
        assert names(client.get(f"/api/v1/sets?family={tabler.unique_id}&type=icon")) == ["Interface"]
        assert names(client.get("/api/v1/families?price=premium")) == ["Solid"]

    @pytest.mark.parametrize(
        ("path", "shape"),
        [
            ("icons", outputs.Page[outputs.Card]),
            ("illustrations", outputs.Page[outputs.Card]),
            ("families", outputs.Page[outputs.FamilyCard]),
            ("sets", outputs.Page[outputs.SetCard]),
            ("search?q=fire", outputs.Results),
        ],
    )
    def test_lists_have_the_published_shape(self, client: FlaskClient, path: str, shape: Any) -> None:
        assert shape.model_validate_json(client.get(f"/api/v1/{path}").data).items

    @pytest.mark.parametrize(
        ("kind", "shape"),
        [
            ("icons", outputs.Item),
            ("illustrations", outputs.Item),
            ("families", outputs.FamilyDetail),
            ("sets", outputs.SetDetail),
        ],
    )
    def test_each_thing_is_read_by_its_id_in_the_published_shape(
        self, client: FlaskClient, kind: str, shape: Any
    ) -> None:
        for item in client.get(f"/api/v1/{kind}").json["items"]:
            answer = client.get(f"/api/v1/{kind}/{item['id']}")
            assert shape.model_validate_json(answer.data).name == item["name"]

    def test_a_free_item_gives_its_files_and_a_priced_one_its_watermark(self, client: FlaskClient) -> None:
        fire, _, home = client.get("/api/v1/icons").json["items"]
        free = client.get(f"/api/v1/icons/{home['id']}").json
        priced = client.get(f"/api/v1/icons/{fire['id']}").json

        assert free["hasSvg"]
        assert {(file["format"], file["size"]) for file in free["downloads"]} == {
            ("png", 512), ("webp", 512), ("png", 128), ("webp", 128),
        }  # fmt: skip
        assert free["preview"]["png"].startswith("http://assets.test/images/")
        assert (priced["hasSvg"], priced["downloads"], set(priced["preview"])) == (False, [], {"webp"})
        assert priced["price"] == "2.00"

    def test_a_family_tells_its_sets_and_counts(self, client: FlaskClient, tabler: Family) -> None:
        family = client.get(f"/api/v1/families/{tabler.unique_id}").json
        assert (family["iconCount"], family["illustrationCount"], family["setCount"]) == (2, 1, 2)
        assert [item_set["name"] for item_set in family["sets"]] == ["Interface", "People"]
        assert family["preview"] == {"webp": "http://assets.test/previews/tabler.webp"}

    def test_similar_items_are_cards_the_most_alike_first(self, client: FlaskClient) -> None:
        fire, arrow, home = client.get("/api/v1/icons").json["items"]
        answer = client.get(f"/api/v1/icons/{home['id']}/similar")
        assert names(answer) == ["fire", "arrow left"], "a word in common counts more than the set"
        assert outputs.Cards.model_validate_json(answer.data).items
        assert names(client.get(f"/api/v1/icons/{fire['id']}/similar?limit=1")) == ["home"]
        (walker,) = client.get("/api/v1/illustrations").json["items"]
        assert names(client.get(f"/api/v1/illustrations/{walker['id']}/similar")) == []
        for path in ("icons/000000000000", f"illustrations/{arrow['id']}"):
            assert client.get(f"/api/v1/{path}/similar").status_code == 404

    def test_a_contributor_is_who_has_something_on_sale(self, client: FlaskClient, shelf: Shelf) -> None:
        shelf.contributor("idle")
        found = outputs.ContributorProfile.model_validate_json(client.get("/api/v1/contributors/Ada").data)
        assert (found.username, found.families, found.sets, found.icons, found.illustrations) == (
            "ada", 1, 2, 2, 1,
        )  # fmt: skip
        for nobody in ("idle", "nobody"):
            assert client.get(f"/api/v1/contributors/{nobody}").status_code == 404

    def test_totals_say_how_much_is_on_sale(self, client: FlaskClient) -> None:
        assert client.get("/api/v1/totals").json == {
            "icons": 3, "illustrations": 1, "families": 2, "sets": 3,
        }  # fmt: skip

    @pytest.mark.parametrize("kind", ["icons", "illustrations", "families", "sets"])
    @pytest.mark.parametrize("unique_id", ["000000000000", "x", "../etc"])
    def test_what_is_not_there_is_a_problem_with_404(
        self, client: FlaskClient, kind: str, unique_id: str
    ) -> None:
        answer = client.get(f"/api/v1/{kind}/{unique_id}")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")

    def test_a_page_costs_one_statement_however_long_it_is(self, client: FlaskClient, queries: Any) -> None:
        costs = {"icons": 1, "families": 1, "sets": 1, "search": 2, "search?q=fire": 1}
        for path, cost in {**costs, "search?q=fire&type=icon": 2}.items():
            for limit in (1, 100):
                with queries() as sent:
                    client.get(f"/api/v1/{path}{'&' if '?' in path else '?'}limit={limit}")
                assert len(sent) == cost, sent
