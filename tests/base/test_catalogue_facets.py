"""Facets: what a search can be narrowed by, counted beside its hits or with them, and kept while it is so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.base.shelves import Shop, arrows, shop
from vectoricons.common.actor import Actor
from vectoricons.common.cache import Memory
from vectoricons.common.database import Database
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue_facets as counting
from vectoricons.products import catalogue_search
from vectoricons.products.catalogue_facets import CACHE, facets
from vectoricons.products.catalogue_first_page import first_page, is_first_page
from vectoricons.products.catalogue_search import Sort, search
from vectoricons.products.icons import IconService

__all__ = ["arrows", "shop"]


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


# -- with the first page of hits


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
