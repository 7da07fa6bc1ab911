"""Facets: what a search can be narrowed by, and how many hits would be left. JSON that Postgres counts.

Counting all that a common word finds costs more than the search. So no more than ``COUNTED`` hits of a kind
are counted, and such an answer is kept in the cache ``CACHE`` until something that is shown changes. Where
something changes every few seconds that is soon: who can have it counted anew beside, is given what was
counted before, from the cache ``RECENT``.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import orjson
from sqlalchemy import Connection, TextClause, text

from vectoricons.common.cache import Cache, Nowhere, key_of
from vectoricons.common.database import planned_once
from vectoricons.products import catalogue_filters as narrowing
from vectoricons.products.catalogue_cards import KINDS, PREMIUM, Kind
from vectoricons.products.catalogue_search import by_tier, where

CACHE = "catalogue-facets"
RECENT = "catalogue-facets-recent"
KEPT_SECONDS = 600.0
RECOUNT_SECONDS = 5.0
COUNTED = 500
SHOWN_TAGS = 12
CHOICES = ("type", "price", "style", "license")
"""The facets one value is chosen of. Each counts what another choice would give: without its own filter."""


class Alone:
    """A cache for facets and for nothing else: given to a database, its services' reads stay reads."""

    def __init__(self, cache: Cache) -> None:
        self._caches: dict[str, Cache] = {CACHE: cache}

    def version(self, namespace: str) -> int:
        """How often the namespace was cleared."""
        return self._of(namespace).version(namespace)

    def get(self, namespace: str, key: str) -> bytes | None:
        """The value, unless it was never put, cleared, or has lived its time."""
        return self._of(namespace).get(namespace, key)

    def put(self, namespace: str, key: str, value: bytes, *, version: int, ttl: float = KEPT_SECONDS) -> None:
        """Keep *value* for *ttl* seconds, unless the namespace was cleared since *version*."""
        self._of(namespace).put(namespace, key, value, version=version, ttl=ttl)

    def keys(self, namespace: str) -> list[str]:
        """What of the namespace is kept, sorted."""
        return self._of(namespace).keys(namespace)

    def delete(self, namespace: str, *keys: str) -> int:
        """Forget some keys; how many were kept."""
        return self._of(namespace).delete(namespace, *keys)

    def clear(self, namespace: str) -> int:
        """Forget the namespace; how many values that were."""
        return self._of(namespace).clear(namespace)

    def clear_all(self) -> int:
        """Forget everything; how many values that were."""
        return sum(map(self.clear, self._caches))

    def _of(self, namespace: str) -> Cache:
        return self._caches.get(namespace, Nowhere())


def facets(connection: Connection, filters: Mapping[str, str], kept: Cache | None = None) -> bytes:
    """How many hits each type, price, style, licence and tag has.

    ``{"total": n, "isCapped": bool, "type": [{"value", "label", "count"}], ...}``; when it is capped the
    numbers are floors. They are counted now, and *kept* if they were dear.
    """
    if narrowing.finds_nothing(filters):
        return orjson.dumps({"total": 0, "isCapped": False, **{name: [] for name in (*CHOICES, "tag")}})
    kept = kept or Nowhere()
    versions = {namespace: kept.version(namespace) for namespace in (CACHE, RECENT)}
    counted = _counted(connection, filters)
    if b'"isCapped" : true' in counted:
        for namespace, version in versions.items():
            kept.put(namespace, _key(filters), counted, version=version, ttl=KEPT_SECONDS)
    return counted


def remembered(filters: Mapping[str, str], kept: Cache, when_old: Callable[[], object]) -> bytes | None:
    """The ``facets`` as they were counted last, if they were dear and are still known.

    *when_old* is called where something changed since, and has them counted anew; meanwhile everybody is
    given those of before.
    """
    version, key = kept.version(CACHE), _key(filters)
    current = kept.get(CACHE, key)
    if current is not None:
        return current
    old = kept.get(RECENT, key)
    if old is not None:
        kept.put(CACHE, key, old, version=version, ttl=RECOUNT_SECONDS)
        when_old()
    return old


def _key(filters: Mapping[str, str]) -> str:
    return key_of("facets", filters, "")


def _counted(connection: Connection, filters: Mapping[str, str]) -> bytes:
    given = dict(filters)
    chosen = {name: given.pop(name, None) for name in CHOICES}
    with planned_once(connection):
        found: str = connection.execute(
            facets_statement(frozenset(given)),
            {**narrowing.parameters(given), **chosen, "counted": COUNTED, "tags": SHOWN_TAGS},
        ).scalar_one()
    return found.encode()


@cache
def facets_statement(filters: frozenset[str]) -> TextClause:
    """The statement of all facets, made once for each set of filters that are no facets themselves."""
    hits = " union all ".join(
        f"(select * from ({_hits(kind, filters)}) hits limit :counted)" for kind in KINDS
    )
    everything = " and ".join(_IS.values())
    return text(f"""
        with {narrowing.HIDDEN}, hits as materialized ({hits})
        select json_build_object(
            'total', (select count(*) from hits where {everything}),
            'isCapped', (select coalesce(bool_or(n >= :counted), false)
                from (select count(*) n from hits group by kind) each),
            'type', {_group("type", "kind", _PLURAL)},
            'price', {_group("price", "price", "case price when 'free' then 'Free' else 'Premium' end")},
            'style', {_group("style", "style.value", "style.label", join=_STYLED)},
            'license', {_group("license", "license.value", "license.name", join=_LICENSED)},
            'tag', {_TAGS.format(everything=everything)}
        )::text
    """)


def _hits(kind: Kind, filters: frozenset[str]) -> str:
    """What is counted of a kind: of words, the most popular hits, which the search has just looked at."""
    columns = f"""'{kind.name}' as kind, item.style_id, item.license_id, item.tag_names,
        case when {PREMIUM} then 'premium' else 'free' end as price"""
    if "q" in filters:
        return by_tier(kind, filters, columns, lambda _order: "limit :counted")
    return f"select {columns} from {kind.table} item where {where(kind, filters)}"


_IS = {
    "type": "(cast(:type as text) is null or kind = :type)",
    "price": "(cast(:price as text) is null or price = :price)",
    "style": "(cast(:style as text) is null or style_id = (select id from styles where value = :style))",
    "license": """(cast(:license as text) is null
        or license_id = (select id from licenses where value = :license))""",
}
_PLURALS = " ".join(f"when '{kind.name}' then '{kind.name.title()}s'" for kind in KINDS)
_PLURAL = f"case kind {_PLURALS} end"
_STYLED = "join styles style on style.id = style_id"
_LICENSED = "join licenses license on license.id = license_id"
# Unnested in the list of columns: beside the hits, each would be a call of its own, at twice the time.
_TAGS = """(
    select coalesce(
        json_agg(json_build_object('value', tag, 'label', tag, 'count', n) order by n desc, tag), '[]')
    from (
        select tag, count(*) as n
        from (select unnest(tag_names) as tag from hits where {everything}) tagged
        group by tag order by n desc, tag limit :tags
    ) counted
)"""


def _group(facet: str, value: str, label: str, *, join: str = "") -> str:
    """The values of a *facet* with their hits, the most first, narrowed by every other choice."""
    condition = " and ".join(narrowed for name, narrowed in _IS.items() if name != facet)
    return f"""(
        select coalesce(
            json_agg(json_build_object('value', value, 'label', label, 'count', n)
                order by n desc, value), '[]')
        from (
            select {value} as value, {label} as label, count(*) as n
            from hits {join} where {condition}
            group by 1, 2 order by n desc, 1
        ) counted
    )"""
