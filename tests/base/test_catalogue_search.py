"""Search: what is found, in which order, how it is narrowed, and what else is offered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.base.shelves import Shop, arrows, names, shop
from tests.base.world import word
from vectoricons.common.cache import Memory
from vectoricons.common.database import Database
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue_details as details
from vectoricons.products import catalogue_search
from vectoricons.products.catalogue import ICONS, page
from vectoricons.products.catalogue_cards import ICON, ILLUSTRATION
from vectoricons.products.catalogue_facets import facets
from vectoricons.products.catalogue_first_page import first_page
from vectoricons.products.catalogue_search import Sort, search
from vectoricons.products.catalogue_similar import similar
from vectoricons.products.catalogue_suggestions import meant, suggestions
from vectoricons.products.categories import CategoryRepository
from vectoricons.products.families import FamilyService
from vectoricons.products.icons import IconService
from vectoricons.products.sets import SetService
from vectoricons.products.styles import StyleRepository

__all__ = ["arrows", "shop"]


def test_relevance_puts_the_very_word_first_then_names_then_tags(arrows: Shop) -> None:
    assert arrows.found(q="arrow")[0] == "arrow"
    assert arrows.found(q="arrow")[-1] == "compass"
    assert arrows.found(q="arrow left") == ["arrow left"]


def test_relevance_keeps_its_order_under_a_price_and_from_page_to_page(arrows: Shop) -> None:
    assert arrows.found(q="arrow", price="free") == ["arrow", "arrow left"]
    whole = arrows.found(q="arrow")
    rules: dict[str, Any] = {"key": "k", "sort_by": Sort.RELEVANCE, "limit": 3, "filters": {"q": "arrow"}}
    first = search(arrows.connection, Ask(**rules), "")
    second = search(arrows.connection, Ask.following(first.next, **rules), "")
    back = search(arrows.connection, Ask.following(second.prev, **rules), "")
    assert [*names(first.items), *names(second.items)] == whole
    assert (back.items, second.next, first.prev) == (first.items, None, None)


def test_relevance_ranks_no_more_than_a_capped_head(arrows: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_search, "LOOKED_AT", 1)
    assert arrows.found(q="arrow") == ["arrow frog", "arrow left"], "the most popular of each kind"


def test_what_nothing_fits_is_an_empty_page_and_not_the_newest(arrows: Shop) -> None:
    for nothing in ("zebra", "arrow zebra", "!!", " "):
        assert arrows.found(q=nothing) == []
        assert json.loads(facets(arrows.connection, {"q": nothing}))["total"] == 0
    assert arrows.found(type="sculpture") == []


def test_without_words_relevance_is_newest(arrows: Shop) -> None:
    assert arrows.found() == arrows.found(Sort.NEWEST)
    assert set(arrows.found()) == {"arrow left", "compass", "arrow", "arrow frog", "red fox"}


def test_bestsellers_of_all_kinds_are_read_on_as_one_list(arrows: Shop) -> None:
    whole = arrows.found(Sort.BESTSELLER)
    assert whole[:3] == ["arrow left", "arrow frog", "compass"]
    rules: dict[str, Any] = {"key": "k", "sort_by": Sort.BESTSELLER, "limit": 2}
    pages = [search(arrows.connection, Ask(**rules), "")]
    while pages[-1].next:
        pages.append(search(arrows.connection, Ask.following(pages[-1].next, **rules), ""))
    assert [name for page in pages for name in names(page.items)] == whole
    before = search(arrows.connection, Ask.following(pages[-1].prev, **rules), "")
    assert before.items == pages[-2].items


def test_bestsellers_of_a_word_are_one_list_over_all_tiers_of_popularity(shop: Shop) -> None:
    for popularity in (0, 3, 4, 4, 19, 20, 300):
        for of in ("icon", "illustration"):
            shop.item(f"boat {popularity}", of=of, popularity=popularity)
    shop.item("best of all", popularity=999)
    rules: dict[str, Any] = {"key": "k", "sort_by": Sort.BESTSELLER, "limit": 3, "filters": {"q": "boat"}}
    pages = [search(shop.connection, Ask(**rules), "")]
    while pages[-1].next:
        pages.append(search(shop.connection, Ask.following(pages[-1].next, **rules), ""))
    read = [item for page in pages for item in json.loads(page.items)]
    wanted = [f"boat {popularity}" for popularity in (300, 20, 19, 4, 4, 3, 0) for _ in range(2)]
    assert [item["name"] for item in read] == wanted
    assert len({item["id"] for item in read}) == len(wanted)
    for place in range(len(pages) - 1, 0, -1):
        back = search(shop.connection, Ask.following(pages[place].prev, **rules), "")
        assert back.items == pages[place - 1].items


def test_tags_are_any_of_them_unless_all_are_asked_for(arrows: Shop) -> None:
    assert set(arrows.found(tag="travel,back")) == {"compass", "arrow", "arrow left"}
    assert arrows.found(all_tags="travel,up") == ["arrow"]
    assert arrows.found(all_tags="travel,back") == []


def test_hits_are_narrowed_by_kind_owner_licence_style_set_and_family(arrows: Shop) -> None:
    world = arrows.world
    style = StyleRepository(arrows.work.session).find_by_value("flat")
    assert style is not None
    flat = arrows.item("flat arrow", style_id=style.id, license_id=1)
    assert arrows.found(q="arrow", type="illustration") == ["arrow frog"]
    assert arrows.found(style="flat") == arrows.found(license="mit")
    assert arrows.found(style="flat") == [flat.name]
    assert len(arrows.found(contributor=world.contributor.username)) == 6
    assert len(arrows.found(family=world.family.unique_id, set=world.set.unique_id)) == 6
    for nowhere in ({"contributor": "nobody"}, {"family": "0" * 12}, {"set": "0" * 12}, {"style": "none"}):
        assert arrows.found(**nowhere) == []


def test_an_item_is_on_the_shelves_of_its_family_and_set_and_its_own(arrows: Shop) -> None:
    world, work = arrows.world, arrows.work
    shelves = [CategoryRepository(work.session).create({"name": word("shelf")}) for _ in range(3)]
    owl = arrows.item("owl")
    FamilyService(work).categorise(world.family.id, shelves[0].id)
    SetService(work).categorise(world.set.id, shelves[1].id)
    IconService(work).categorise(owl.id, shelves[2].id)
    assert [len(arrows.found(category=shelf.name)) for shelf in shelves] == [6, 6, 1]
    assert arrows.found(category="No such shelf") == []


def test_what_is_switched_off_takes_everything_below_it_out_of_search(arrows: Shop) -> None:
    SetService(arrows.work).deactivate(arrows.world.set.id)
    assert arrows.found(q="arrow") == arrows.found() == arrows.found(Sort.BESTSELLER) == []
    assert json.loads(facets(arrows.connection, {"q": "arrow"}))["total"] == 0


def test_the_newest_of_a_word_is_planned_for_it_and_what_has_one_good_plan_once(database: Database) -> None:
    with database.reader() as connection:
        for number in range(8):
            asked = {"q": f"word's 100 % {number}"}
            search(connection, Ask(key="k", sort_by=Sort.NEWEST, filters=asked), "")
            page(connection, ICONS, Ask(key="k", sort_by="icons", filters=asked), "")
            search(connection, Ask(key="k", sort_by=Sort.RELEVANCE, filters=asked), "")
            facets(connection, asked)
            first_page(connection, Ask(key="k", sort_by=Sort.RELEVANCE, filters=asked), "", Memory())
            page(connection, ICONS, Ask(key="k", sort_by="icons"), "")
        kept = connection.execute(text("select * from pg_prepared_statements")).all()
        planned = [(row.generic_plans, row.custom_plans) for row in kept if "icons item" in row.statement]
        assert planned == [(8, 0)] * 4, "relevant hits, facets, both at once, a list"
        assert connection.scalar(text("show jit")) == "off"


# -- suggestions


def test_a_beginning_suggests_the_most_used_words_and_families(arrows: Shop) -> None:
    world = arrows.world
    FamilyService(arrows.work).update(world.family.id, {"name": "Travel signs"})
    found = json.loads(suggestions(arrows.connection, " Tra"))
    assert [(one["type"], one["text"], one["count"]) for one in found] == [
        ("tag", "travel", 2),
        ("family", "Travel signs", None),
    ]
    assert found[1]["id"] == world.family.unique_id
    for nothing in ("", "  ", "%", "_", "zzz"):
        assert json.loads(suggestions(arrows.connection, nothing)) == []


def test_a_misspelt_word_is_offered_as_the_word_that_was_meant(arrows: Shop) -> None:
    assert meant(arrows.connection, "travle arrow") == "travel arrow"
    assert meant(arrows.connection, "travel") is None
    assert meant(arrows.connection, "qqqq") is None
    assert meant(arrows.connection, "!") is None


# -- similar items


def test_similar_items_share_rare_words_style_set_and_looks(shop: Shop) -> None:
    subject = shop.item("sailing boat", "boat", "sea", perceptual_hash="ff00ff00ff00ff00")
    twin = shop.item("boat at sea", "boat", "sea", perceptual_hash="ff00ff00ff00ff01")
    near = shop.item("harbour", "sea")
    other = shop.item("spoon")
    gone = shop.item("sunken boat", "boat", "sea", is_deleted=True)
    shop.item("boat", of="illustration")
    found = names(similar(shop.connection, ICON, subject.unique_id, ""))
    assert found == [twin.name, near.name, other.name]
    assert similar(shop.connection, ICON, gone.unique_id, "") is None
    assert similar(shop.connection, ICON, "0" * 12, "") is None


def test_a_page_shows_siblings_and_drawings_in_the_same_style(shop: Shop) -> None:
    style = StyleRepository(shop.work.session).find_by_value("flat")
    assert style is not None
    icon = shop.item("boat", style_id=style.id)
    shop.item("anchor")
    flat = [shop.item(f"ship {n}", of="illustration", style_id=style.id) for n in range(6)]
    assert names(details.related(shop.connection, ICON, icon.unique_id, "")) == ["anchor"]
    shown = names(details.in_style(shop.connection, ICON, icon.unique_id, ILLUSTRATION, ""))
    assert shown == [one.name for one in flat[:0:-1]]


def test_totals_are_sums_of_what_families_count(arrows: Shop) -> None:
    assert json.loads(details.totals(arrows.connection)) == {
        "icons": 5, "illustrations": 0, "families": 1, "sets": 1,
    }  # fmt: skip
    assert details.popular_tags(arrows.connection)[:2] == ["travel", "arrow"]
