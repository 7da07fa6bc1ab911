"""Search over open icons: those of exactly the words first, then related ones; short names before long.

Hits are looked for in tiers, and a tier only when those before it have too few: a common word costs what is
shown of it, and not all it finds.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Connection, TextClause, text

from vectoricons.products import catalogue_filters as narrowing
from vectoricons.products.catalogue_cards import ICON
from vectoricons.products.icons import SHORT_NAME
from vectoricons.products.open_catalogue import NAMED, SHOWN_SET, Prefixes, info

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: *words*, of some sets, narrowed by ``license`` and ``category``."""

    words: str
    prefixes: Prefixes = field(default_factory=Prefixes)
    filters: Mapping[str, str] = field(default_factory=dict)
    limit: int = 64
    start: int = 0


def read(query: str) -> tuple[str, Prefixes]:
    """The words of a *query*, and the sets that it names: ``home``, or ``everyday-things:home``."""
    before, colon, words = query.lower().strip().partition(":")
    if not colon:
        return before, Prefixes()
    if before in {"prefix", "prefixes"}:
        before, _, words = words.partition(" ")
    return words, Prefixes.of(*before.split(","))


def search(connection: Connection, question: Question, request: str) -> bytes:
    """The hits as Iconify's clients read them; *request* is the JSON of what was asked."""
    found = _WORD.findall(question.words)
    statement = _statement(frozenset(question.filters))
    given = {
        **question.filters,
        **question.prefixes.parameters(),
        "exact": " & ".join(f"{word}:A" for word in found),
        "words": narrowing.words(" ".join(found)),
        "letters": [f"%{word}%" for word in found],
        "limit": question.limit,
        "start": question.start,
        "request": request,
    }
    answer: str = connection.execute(statement, given).scalar_one()
    return answer.encode()


@cache
def _statement(filters: frozenset[str]) -> TextClause:
    narrowed = "".join(f" and {_FILTERS[name]}" for name in sorted(filters))
    tiers = " union all ".join(f"({_tier(number, tier, narrowed)})" for number, tier in enumerate(_TIERS))
    return text(f"""
        with hits as materialized (
            select tier, length, id from ({tiers}) tiers limit :limit
        ), shown as materialized (
            select open.prefix, open.name, tier, length, id
            from hits join open_icons open on open.icon_id = hits.id
        )
        select json_build_object(
            'icons', (select coalesce(json_agg(prefix || ':' || name order by tier, length, id), '[]')
                from (select * from shown order by tier, length, id offset :start) page),
            'total', (select count(*) from shown), 'limit', :limit, 'start', :start,
            'collections', (select coalesce(json_object_agg(home.prefix, {info()}), '{{}}')
                from open_sets home join {SHOWN_SET}
                where home.prefix in (select prefix from shown)),
            'request', cast(:request as json))::text
    """)


def _tier(number: int, condition: str, narrowed: str) -> str:
    return f"""
        select {number} as tier, length(item.name) as length, item.id
        from icons item
        where item.is_live and item.price = 0 and {condition} and {narrowing.SHOWN_ITEM}
          and (:all or item.set_id in (select set_id from open_sets home where {NAMED})){narrowed}
        order by length(item.name), item.id
        limit :limit
    """


_EXACT = """item.search @@ to_tsquery('public.catalogue', :exact)
    and lower(item.name) like all(cast(:letters as text[]))"""
_LIKE = f"""item.search @@ to_tsquery('public.catalogue', :words) and not ({_EXACT})"""
_SHORT, _LONG = f"length(item.name) <= {SHORT_NAME}", f"length(item.name) > {SHORT_NAME}"
_TIERS = tuple(f"{words} and {length}" for words in (_EXACT, _LIKE) for length in (_SHORT, _LONG))
_FILTERS = {
    "license": """item.license_id in (
        select id from licenses where value = lower(:license) or lower(spdx) = lower(:license))""",
    "category": narrowing.of_items(ICON)["category"],
}
