"""Search: what is found, in which order, how it is narrowed and counted, and what else is offered."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from tests.base.world import World, word
from vectoricons.common.actor import Actor
from vectoricons.common.cache import Memory
from vectoricons.common.database import Database
from vectoricons.common.keyset import Ask
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products import catalogue_details as details
from vectoricons.products import catalogue_facets as counting
from vectoricons.products import catalogue_search
from vectoricons.products.catalogue import ICONS, page
from vectoricons.products.catalogue_cards import ICON, ILLUSTRATION
from vectoricons.products.catalogue_facets import CACHE, facets
from vectoricons.products.catalogue_first_page import first_page, is_first_page
from vectoricons.products.catalogue_search import Sort, search
from vectoricons.products.catalogue_similar import similar
from vectoricons.products.catalogue_suggestions import meant, suggestions
from vectoricons.products.categories import CategoryRepository
from vectoricons.products.families import FamilyService
from vectoricons.products.icons import IconRepository, IconService
from vectoricons.products.illustrations import IllustrationRepository
from vectoricons.products.items import Item
from vectoricons.products.sets import SetService
from vectoricons.products.styles import StyleRepository

REPOSITORIES: dict[str, Any] = {"icon": IconRepository, "illustration": IllustrationRepository}


class Shop:
    """What is on sale in one unit of work, and what its visitors see."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.world = World(work)
        self.connection: Connection = work.session.connection()

    def item(self, name: str, *tags: str, of: str = "icon", **given: Any) -> Item:
        world = self.world
        where = {"user_id": world.contributor.id, "family_id": world.family.id, "set_id": world.set.id}
        source = {"source_batch_id": uuid4(), "source_entry_no": 1}
        made = REPOSITORIES[of](self.work.session).create({**where, **source, "name": name, **given})
        return IconService(self.work).retag(made.id, *tags) if tags and of == "icon" else made

    def found(self, sort: str = Sort.RELEVANCE, **filters: str) -> list[str]:
        return names(search(self.connection, Ask(key="k", sort_by=sort, filters=filters), "").items)

    def counted(self, facet: str, **filters: str) -> dict[str, int]:
        return {one["value"]: one["count"] for one in json.loads(facets(self.connection, filters))[facet]}


def names(found: bytes | None) -> list[str]:
    assert found
    return [item["name"] for item in json.loads(found)]


@pytest.fixture
def shop(work: UnitOfWork) -> Shop:
    return Shop(work)


@pytest.fixture
def arrows(shop: Shop) -> Shop:
    """Four hits of "arrow": the very word, in names, by a tag; two kinds, two prices, one bestseller."""
    shop.item("arrow left", "back", price=0, popularity=9)
    shop.item("compass", "arrow", "travel", price=2, popularity=5)
    shop.item("arrow", "up", "travel", price=0)
    shop.item("arrow frog", of="illustration", price=5, popularity=7)
    shop.item("red fox", of="illustration", price=0)
    return shop


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


@pytest.mark.parametrize("looked_at", [2, 250])
@pytest.mark.parametrize(
    "more", [{}, {"tag": "travel"}, {"q": "arrow left"}, {"q": "zebra"}, {"set": "their own"}]
)
def test_a_first_page_and_its_facets_are_those_of_a_search_and_of_a_count(
    arrows: Shop, monkeypatch: pytest.MonkeyPatch, more: dict[str, str], looked_at: int
) -> None:
    monkeypatch.setattr(catalogue_search, "LOOKED_AT", looked_at)
    filters = {"q": "arrow", **more}
    if "set" in filters:
        filters["set"] = arrows.world.set.unique_id
    asked = Ask(key="k", sort_by=Sort.RELEVANCE, filters=filters, limit=2)
    assert is_first_page(asked)
    hits, counted = first_page(arrows.connection, asked, "", Memory())
    assert hits == search(arrows.connection, asked, "")
    assert json.loads(counted) == json.loads(facets(arrows.connection, asked.filters))


def test_a_first_page_is_the_most_relevant_of_all_hits_of_words(arrows: Shop) -> None:
    rules: dict[str, Any] = {"key": "k", "sort_by": Sort.RELEVANCE, "limit": 2}
    asked = Ask(**rules, filters={"q": "arrow"})
    after = search(arrows.connection, asked, "").next
    assert is_first_page(asked)
    assert not is_first_page(Ask.following(after, **rules, filters={"q": "arrow"}))
    for filters in ({}, {"q": "!"}, {"tag": "travel"}, {"q": "arrow", "type": "icon"}):
        assert not is_first_page(Ask(**rules, filters=filters))
    assert not is_first_page(Ask(key="k", sort_by=Sort.NEWEST, filters={"q": "arrow"}))


@pytest.mark.usefixtures("capped")
def test_facets_of_a_first_page_are_kept_if_they_were_dear(arrows: Shop) -> None:
    kept = Memory()
    for words, number in (("arrow", 1), ("fox", 0)):
        first_page(arrows.connection, Ask(key="k", sort_by=Sort.RELEVANCE, filters={"q": words}), "", kept)
        assert kept.clear(CACHE) == number


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


# -- facets


def test_each_facet_counts_what_another_choice_would_give(arrows: Shop) -> None:
    assert arrows.counted("type", q="arrow", type="icon") == {"icon": 3, "illustration": 1}
    assert arrows.counted("price", q="arrow", type="icon") == {"free": 2, "premium": 1}
    assert arrows.counted("license", q="arrow") == {"premium": 4}
    assert arrows.counted("tag", q="arrow", price="premium") == {"arrow": 1, "travel": 1}
    assert json.loads(facets(arrows.connection, {"q": "arrow", "license": "mit"}))["total"] == 0


class Old:
    """Is told that counts are of before a change."""

    told = 0

    def __call__(self) -> None:
        self.told += 1


@pytest.fixture
def capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every count is of a common word."""
    monkeypatch.setattr(catalogue_search, "LOOKED_AT", 2)


@pytest.mark.usefixtures("capped")
def test_counts_of_a_common_word_are_current_until_something_shown_changes(arrows: Shop) -> None:
    arrows.work.cache = kept = Memory()
    asked, old = {"q": "arrow"}, Old()
    assert counting.remembered(asked, kept, old) is None
    first = facets(arrows.connection, asked, kept)
    assert json.loads(first)["isCapped"]
    icon = arrows.item("arrow right")
    assert counting.remembered(asked, kept, old) is first
    IconService(arrows.work).deactivate(icon.id)
    assert counting.remembered(asked, kept, old) is first
    assert old.told == 0, "nobody sees it before it is committed"
    arrows.work.commit()
    assert kept.clear(CACHE) == 0
    assert counting.remembered(asked, kept, old) is first
    assert counting.remembered(asked, kept, old) is first
    assert old.told == 1, "one of them has it counted; the others are given what was known"
    recounted = facets(arrows.connection, asked, kept)
    assert counting.remembered(asked, kept, old) is recounted
    assert old.told == 1


@pytest.mark.usefixtures("capped")
def test_counts_of_a_common_word_are_of_its_most_popular_hits(shop: Shop) -> None:
    for popularity, price in ((0, 0), (1, 0), (9, 2), (30, 2)):
        shop.item("boat", popularity=popularity, price=price)
    assert shop.counted("price", q="boat") == {"premium": 2}


@pytest.mark.usefixtures("capped")
def test_counts_of_a_rare_word_are_not_kept(arrows: Shop) -> None:
    kept = Memory()
    facets(arrows.connection, {"q": "fox"}, kept)
    assert kept.clear(CACHE) == 0


def test_a_database_that_keeps_facets_keeps_no_entities(database: Database) -> None:
    kept = Memory()
    shared = Database(database.url, cache=counting.Alone(kept))
    with shared.unit_of_work(Actor.system("test")) as work:
        version = work.cache.version("family")
        work.cache.put("family", "key", b"value", version=version)
        work.cache.put(CACHE, "key", b"value", version=work.cache.version(CACHE))
        assert work.cache.get("family", "key") is None
        assert work.cache.get(CACHE, "key") == b"value"
    shared.close()
    assert (kept.clear("family"), kept.clear(CACHE)) == (0, 1)


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
