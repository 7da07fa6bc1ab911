"""Search over all kinds of items together. JSON that Postgres builds.

``newest`` and ``bestseller`` read on by row comparison on the index of each table, at the same cost at any
depth. ``relevance`` ranks the ``LOOKED_AT`` most popular hits of each table: ranking all that a common word
finds costs more than the rest. What nothing fits is an empty page; what may have been meant,
``catalogue_suggestions`` knows.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from vectoricons.common.database import planned_for_values
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue_filters as narrowing
from vectoricons.products.catalogue import NOTHING, JsonPage, page_of
from vectoricons.products.catalogue_cards import KINDS, TIERS, Kind, item_card, item_source
from vectoricons.products.catalogue_filters import QUERY

LOOKED_AT = 250
"""Of a word no more hits of each table are ranked, and no more are counted for facets."""
LARGEST_ID = 2**63 - 1

BY_NAME = {kind.name: kind for kind in KINDS}
CONDITIONS = {kind: narrowing.of_items(kind) for kind in KINDS}
_READ = {kind: {**known, "q": f"({known['q']}) is true"} for kind, known in CONDITIONS.items()}
"""The conditions where few items are left: reading those is faster than looking a common word up, which "is
true" keeps Postgres from."""
PLACES = {kind: number for number, kind in enumerate(KINDS, 1)}
"""What tells the tables apart in a key: ids of two tables mean nothing to one another."""

SCORE = f"(((lower(item.name) = :q)::int + ts_rank(item.search, {QUERY})) * 1000000)::int"
_CARDS = {
    kind: f"select {item_card(kind)} from {item_source(kind)} where item.id = picked.id" for kind in KINDS
}
_READING = "score desc, at desc, place desc, id desc"


class Sort(StrEnum):
    """The order of the hits."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    BESTSELLER = "bestseller"


@dataclass(frozen=True, slots=True)
class Shape:
    """What statement a question needs: of which kinds, narrowed by what, in which order, from where on."""

    kinds: tuple[Kind, ...]
    filters: frozenset[str]
    sort: Sort
    placed: bool
    backwards: bool

    @property
    def way(self) -> str:
        """The direction of the index that is read."""
        return "asc" if self.backwards else "desc"

    @property
    def than(self) -> str:
        """How what is beyond the position compares to it."""
        return ">" if self.backwards else "<"


def search(connection: Connection, asked: Ask, assets: str) -> JsonPage:
    """The page of hits *asked* for: ``sort_by`` is a Sort; filters are q, type and what narrows a list.

    Without words relevance means nothing, and is newest.
    """
    given = dict(asked.filters)
    kinds = kinds_of(given.pop("type", None))
    if narrowing.finds_nothing(given) or not kinds:
        return NOTHING
    sort = Sort(asked.sort_by) if "q" in given or asked.sort_by != Sort.RELEVANCE else Sort.NEWEST
    shape = Shape(kinds, frozenset(given), sort, asked.position is not None, asked.backwards)
    given = narrowing.parameters(given) | _place(asked)
    with planned_for_values(connection) if shape.sort is Sort.NEWEST else nullcontext():
        found = connection.execute(
            search_statement(shape), {**given, "assets": assets, "limit": asked.size, "looked_at": LOOKED_AT}
        ).one()
    return page_of(found, asked)


def kinds_of(name: str | None) -> tuple[Kind, ...]:
    """The kind called *name*; all of them without one. A kind there is not holds nothing."""
    return tuple(kind for kind in KINDS if name in {None, kind.name})


def _place(asked: Ask) -> dict[str, Any]:
    """Where the page begins: one key over all hits, and the id that stands for it in each table."""
    if asked.position is None:
        return {}
    score, at, place, after = asked.position.values
    bounds = {f"after_{kind.name}": _bound(number, place, after) for kind, number in PLACES.items()}
    return {"score": score, "at": at, "place": place, "after": after, **bounds}


def _bound(number: int, place: Any, after: Any) -> Any:
    """Among rows of the same instant, those of another table lie all on one side of the key."""
    if number == place:
        return after
    return LARGEST_ID if number < place else 0


@cache
def search_statement(shape: Shape) -> TextClause:
    """The statement of a page of hits, made once for each shape of question."""
    hits = " union all ".join(f"({_HITS[shape.sort](kind, shape)})" for kind in shape.kinds)
    beyond = (
        f"where (score, at, place, id) {shape.than} (:score, :at, :place, :after)"
        if shape.sort is Sort.RELEVANCE and shape.placed
        else ""
    )
    return text(f"with {narrowing.HIDDEN} {page_of_hits(shape, f'({hits}) hits {beyond}')}")


def page_of_hits(shape: Shape, hits: str) -> str:
    """The page of *hits*, a source of ``score``, ``at``, ``place`` and ``id``: items, keys, goes_on."""
    way = shape.way
    cards = " ".join(f"when {PLACES[kind]} then ({_CARDS[kind]})" for kind in shape.kinds)
    return f"""
        select
            coalesce(json_agg(case place {cards} end order by {_READING})
                filter (where nth <= :limit), '[]')::text as items,
            json_agg(json_build_array(score, at, place, id) order by {_READING})
                filter (where nth <= :limit) as keys,
            count(*) > :limit as goes_on
        from (
            select *, row_number() over (order by score {way}, at {way}, place {way}, id {way}) as nth
            from {hits}
            order by nth
            limit :limit + 1
        ) picked
    """


def _newest(kind: Kind, shape: Shape) -> str:
    return _read_on(kind, shape, "created_at", ":at", score="0", at="item.created_at")


def _bestseller(kind: Kind, shape: Shape) -> str:
    """With words it is read by tiers of popularity, which are parts of this very order."""
    if "q" not in shape.filters:
        return _read_on(kind, shape, "popularity", ":score", score="item.popularity", at=_NEVER)
    beyond = f"and (item.popularity, item.id) {shape.than} (:score, :after_{kind.name})"

    def rest(_order: str) -> str:
        way = f"order by item.popularity {shape.way}, item.id {shape.way}"
        return f"{beyond if shape.placed else ''} {way} limit :limit + 1"

    tiers = by_tier(kind, shape.filters, "item.id, item.popularity", rest, backwards=shape.backwards)
    return f"""
        select item.popularity as score, {_NEVER} as at, {PLACES[kind]} as place, item.id
        from (select * from ({tiers}) tiers limit :limit + 1) item
    """


def _read_on(kind: Kind, shape: Shape, column: str, bound: str, *, score: str, at: str) -> str:
    beyond = f"and (item.{column}, item.id) {shape.than} ({bound}, :after_{kind.name})"
    return f"""
        select {score} as score, {at} as at, {PLACES[kind]} as place, item.id
        from {kind.table} item
        where {where(kind, shape.filters)} {beyond if shape.placed else ""}
        order by item.{column} {shape.way}, item.id {shape.way}
        limit :limit + 1
    """


def _relevant(kind: Kind, shape: Shape) -> str:
    """The most popular hits, by how well they fit."""
    hits = most_popular(kind, shape.filters, "item.created_at, item.id, item.name, item.search")
    return (
        f"select {SCORE} as score, item.created_at as at, {PLACES[kind]} as place, item.id from ({hits}) item"
    )


def most_popular(kind: Kind, filters: frozenset[str], columns: str) -> str:
    """The *columns* of those hits of words that are looked at, as far as there are any: the most popular."""
    tiers = by_tier(
        kind, filters, columns, lambda order: f"order by {order} desc, item.id desc limit :looked_at"
    )
    return f"select * from ({tiers}) tiers limit :looked_at"


def by_tier(
    kind: Kind, filters: frozenset[str], columns: str, rest: Callable[[str], str], *, backwards: bool = False
) -> str:
    """The *columns* of hits, the tier of the most popular first; *rest* ends each tier, given its order.

    Tiers of popularity have indexes of their own, and under a limit the next is looked at only if those
    before have too few: an append runs no further than it must. One contributor has too few for that.
    """
    hits = f"select {columns} from {kind.table} item where {where(kind, filters)}"
    known = _WHOLE if narrowing.FEW & filters else _TIERS
    tiers = reversed(known.items()) if backwards else known.items()
    return " union all ".join(f"({hits} and {bounds} {rest(order)})" for bounds, order in tiers)


_NEVER = "timestamptz 'epoch'"
# A tier that is reached has few hits: they are found by their words. "+ 0" keeps Postgres from walking down
# the index of popularity instead, which is long and has them far apart.
_TIERS = {
    f"item.popularity >= {TIERS['best']}": "item.popularity",
    f"item.popularity < {TIERS['best']} and item.popularity >= {TIERS['popular']}": "item.popularity + 0",
    f"item.popularity < {TIERS['popular']} and item.popularity >= {TIERS['known']}": "item.popularity + 0",
    f"item.popularity < {TIERS['known']}": "item.popularity + 0",
}
_WHOLE = {"true": "item.popularity + 0"}
_HITS = {Sort.NEWEST: _newest, Sort.BESTSELLER: _bestseller, Sort.RELEVANCE: _relevant}


def where(kind: Kind, filters: frozenset[str]) -> str:
    """Which items of a kind are hits, in a statement that knows the ``hidden`` sets."""
    conditions = _READ if narrowing.FEW & filters else CONDITIONS
    return " and ".join(["item.is_live", narrowing.NOT_HIDDEN, *narrowing.chosen(conditions[kind], filters)])
