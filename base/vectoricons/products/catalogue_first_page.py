"""The first page of a search for words, and its facets, from one look at the hits.

Looking the hits up is half of what each of the two costs. Where nothing is chosen of a facet both are of the
same hits, and one statement answers both.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, TextClause, text

from vectoricons.common.cache import Cache
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue_facets as counting
from vectoricons.products import catalogue_filters as narrowing
from vectoricons.products import catalogue_search as searching
from vectoricons.products.catalogue import JsonPage, page_of
from vectoricons.products.catalogue_cards import KINDS, Kind
from vectoricons.products.catalogue_search import Shape, Sort


def is_first_page(asked: Ask) -> bool:
    """Whether *asked* are the most relevant of all hits of words."""
    return (
        "q" in asked.filters
        and asked.sort_by == Sort.RELEVANCE
        and asked.position is None
        and not asked.filters.keys() & set(counting.CHOICES)
        and not narrowing.finds_nothing(asked.filters)
    )


def first_page(connection: Connection, asked: Ask, assets: str, kept: Cache) -> tuple[JsonPage, bytes]:
    """What ``search`` and ``facets`` would answer. Facets are *kept* if they were dear."""
    known = counting.versions(kept)
    found = connection.execute(
        _statement(frozenset(asked.filters)),
        {
            **narrowing.parameters(asked.filters),
            "assets": assets,
            "limit": asked.size,
            "looked_at": searching.LOOKED_AT,
            "tags": counting.SHOWN_TAGS,
        },
    ).one()
    facets = found.facets.encode()
    counting.keep(facets, asked.filters, kept, known)
    return page_of(found, asked), facets


@cache
def _statement(filters: frozenset[str]) -> TextClause:
    hits = " union all ".join(f"({_hits(kind, filters)})" for kind in KINDS)
    ranked = f"(select {searching.SCORE} as score, at, place, id from hits item) ranked"
    shape = Shape(KINDS, filters, Sort.RELEVANCE, placed=False, backwards=False)
    return text(f"""
        with {narrowing.HIDDEN}, hits as materialized ({hits}),
            page as ({searching.page_of_hits(shape, ranked)})
        select page.*, {counting.facets_of_hits({})}::text as facets from page
    """)


def _hits(kind: Kind, filters: frozenset[str]) -> str:
    return searching.most_popular(
        kind,
        filters,
        f"""{counting.COLUMNS[kind]}, {searching.PLACES[kind]} as place,
            item.created_at as at, item.id, item.name, item.search""",
    )
