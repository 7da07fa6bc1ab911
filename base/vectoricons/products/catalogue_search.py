"""Search over icons and illustrations together, and the counts to narrow it by. JSON that Postgres builds.

``newest`` reads on by row comparison on the index of each table, at the same cost at any depth. ``relevance``
ranks the newest ``RANKED`` hits of each table: ranking all that a common word finds costs more than the rest.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, TextClause, text

from vectoricons.common.keyset import Ask
from vectoricons.products.catalogue import ICONS, ILLUSTRATIONS, JsonPage, page_of
from vectoricons.products.catalogue_cards import (
    ICON,
    ILLUSTRATION,
    KINDS,
    PREMIUM,
    Kind,
    item_card,
    item_source,
)

RANKED = 1_000
COUNTED = 5_000
SHOWN_TAGS = 12
LARGEST_ID = 2**63 - 1

BY_NAME = {kind.name: kind for kind in KINDS}
PLACES = {kind: number for number, kind in enumerate(KINDS, 1)}
"""What tells the tables apart in a key: ids of two tables mean nothing to one another."""
FACETS = ("type", "price", "style")

_QUERY = "to_tsquery('public.catalogue', :words)"
_FOUND = {"q": f"item.search @@ {_QUERY}"}
_SCORE = f"(((lower(item.name) = :q)::int + ts_rank(item.search, {_QUERY})) * 1000000)::int"
CONDITIONS = {ICON: {**ICONS.conditions, **_FOUND}, ILLUSTRATION: {**ILLUSTRATIONS.conditions, **_FOUND}}
_CARDS = {
    kind: f"select {item_card(kind)} from {item_source(kind)} where item.id = picked.id" for kind in KINDS
}
_READING = "score desc, created_at desc, place desc, id desc"
_WORD = re.compile(r"\w+")


class Sort(StrEnum):
    """The order of the hits."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


def words(query: str) -> str:
    """*query* as a text search: every word must be there, the last may be the beginning of one."""
    found = _WORD.findall(query)
    return " & ".join([*found[:-1], f"{found[-1]}:*"]) if found else ""


def search(connection: Connection, asked: Ask, assets: str) -> JsonPage:
    """The page of hits *asked* for: ``sort_by`` is a Sort; filters are q, type and what narrows a list."""
    given = dict(asked.filters)
    if "q" in given and not words(given["q"]):
        return JsonPage(b"[]", None, None)
    statement = search_statement(
        _kinds(given.pop("type", None)),
        frozenset(given),
        ranked=asked.sort_by == Sort.RELEVANCE,
        placed=asked.position is not None,
        backwards=asked.backwards,
    )
    found = connection.execute(
        statement,
        {**_parameters(given), **_place(asked), "assets": assets, "limit": asked.size, "ranked": RANKED},
    ).one()
    return page_of(found, asked)


def facets(connection: Connection, filters: Mapping[str, str]) -> bytes:
    """How many hits each type, price, style and tag has; the first three without their own filter.

    ``{"total": n, "isCapped": bool, "type": [{"value", "label", "count"}], ...}``; beyond ``COUNTED`` hits
    of a table the numbers are a floor.
    """
    given = dict(filters)
    if "q" in given and not words(given["q"]):
        return b'{"total":0,"isCapped":false,"type":[],"price":[],"style":[],"tag":[]}'
    chosen = {name: given.pop(name, None) for name in FACETS}
    found: str = connection.execute(
        facets_statement(frozenset(given)),
        {**_parameters(given), **chosen, "counted": COUNTED, "tags": SHOWN_TAGS},
    ).scalar_one()
    return found.encode()


def _kinds(name: str | None) -> tuple[Kind, ...]:
    return (BY_NAME[name],) if name else KINDS


def _parameters(given: Mapping[str, str]) -> dict[str, str]:
    if "q" not in given:
        return dict(given)
    return {**given, "words": words(given["q"]), "q": given["q"].strip().lower()}


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
def search_statement(
    kinds: tuple[Kind, ...], filters: frozenset[str], *, ranked: bool, placed: bool, backwards: bool
) -> TextClause:
    """The statement of a page of hits, made once for each shape of question."""
    way, than = ("asc", ">") if backwards else ("desc", "<")
    found = _ranked if ranked else partial(_newest, way=way, than=than, placed=placed)
    hits = " union all ".join(f"({found(kind, filters)})" for kind in kinds)
    beyond = (
        f"where (score, created_at, place, id) {than} (:score, :at, :place, :after)"
        if ranked and placed
        else ""
    )
    cards = " ".join(f"when {PLACES[kind]} then ({_CARDS[kind]})" for kind in kinds)
    return text(f"""
        select
            coalesce(json_agg(case place {cards} end order by {_READING})
                filter (where nth <= :limit), '[]')::text as items,
            json_agg(json_build_array(score, created_at, place, id) order by {_READING})
                filter (where nth <= :limit) as keys,
            count(*) > :limit as goes_on
        from (
            select hits.*,
                row_number() over (order by score {way}, created_at {way}, place {way}, id {way}) as nth
            from ({hits}) hits {beyond}
            order by nth
            limit :limit + 1
        ) picked
    """)


def _newest(kind: Kind, filters: frozenset[str], *, way: str, than: str, placed: bool) -> str:
    beyond = f"and (item.created_at, item.id) {than} (:at, :after_{kind.name})" if placed else ""
    return f"""
        select 0 as score, item.created_at, {PLACES[kind]} as place, item.id
        from {item_source(kind)}
        where {_where(kind, filters)} {beyond}
        order by item.created_at {way}, item.id {way}
        limit :limit + 1
    """


def _ranked(kind: Kind, filters: frozenset[str]) -> str:
    return f"""
        select {_SCORE} as score, item.created_at, {PLACES[kind]} as place, item.id
        from (
            select item.created_at, item.id, item.name, item.search
            from {item_source(kind)}
            where {_where(kind, filters)}
            order by item.created_at desc, item.id desc
            limit :ranked
        ) item
    """


@cache
def facets_statement(filters: frozenset[str]) -> TextClause:
    """The statement of all facets, made once for each set of filters that are no facets themselves."""
    hits = " union all ".join(
        f"""(select '{kind.name}' as type, item.style_id, item.tag_names,
                case when {PREMIUM} then 'premium' else 'free' end as price
            from {item_source(kind)} where {_where(kind, filters)}
            order by item.created_at desc, item.id desc limit :counted)"""
        for kind in KINDS
    )
    return text(f"""
        with hits as materialized ({hits})
        select json_build_object(
            'total', (select count(*) from hits where {_IS["type"]} and {_IS["price"]} and {_IS["style"]}),
            'isCapped', (select coalesce(bool_or(n >= :counted), false)
                from (select count(*) n from hits group by type) each),
            'type', {_group("type", "initcap(type) || 's'", "price", "style")},
            'price', {_group("price", "initcap(price)", "type", "style")},
            'style', {_group("style.value", "style.label", "type", "price", join=_STYLED)},
            'tag', {_group("tag", "tag", "type", "price", "style", join=_TAGGED, limit="limit :tags")}
        )::text
    """)


_IS = {
    "type": "(cast(:type as text) is null or type = :type)",
    "price": "(cast(:price as text) is null or price = :price)",
    "style": "(cast(:style as text) is null or style_id = (select id from styles where value = :style))",
}
_STYLED = "join styles style on style.id = style_id"
_TAGGED = ", unnest(tag_names) tag"


def _group(value: str, label: str, *narrowed_by: str, join: str = "", limit: str = "") -> str:
    condition = " and ".join(_IS[name] for name in narrowed_by)
    return f"""(
        select coalesce(
            json_agg(json_build_object('value', value, 'label', label, 'count', n)
                order by n desc, value), '[]')
        from (
            select {value} as value, {label} as label, count(*) as n
            from hits {join} where {condition}
            group by 1, 2 order by n desc, 1 {limit}
        ) counted
    )"""


def _where(kind: Kind, filters: frozenset[str]) -> str:
    return " and ".join(["item.is_live", *(CONDITIONS[kind][name] for name in sorted(filters))])
