"""Facets: what a search can be narrowed by, and how many hits would be left. JSON that Postgres counts.

Counting all that a common word finds costs more than the search. So no more hits of a kind are counted than
a search looks at, and such an answer is kept in the cache ``CACHE`` until something that is shown changes.
Where something changes every few seconds that is soon: who can have it counted anew beside, is given what
was counted before, from the cache ``RECENT``.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import orjson
from sqlalchemy import Connection, TextClause, text

from vectoricons.common.cache import Cache, Nowhere, key_of
from vectoricons.products import catalogue_filters as narrowing
from vectoricons.products import catalogue_search as searching
from vectoricons.products.catalogue_cards import KINDS, PREMIUM, Kind
from vectoricons.products.catalogue_filters import Conditions

CACHE = "catalogue-facets"
RECENT = "catalogue-facets-recent"
KEPT_SECONDS = 600.0
RECOUNT_SECONDS = 5.0
SHOWN_TAGS = 12
CHOICES = ("type", "price", "style", "license")
"""The facets one value is chosen of. Each counts what another choice would give: without its own filter."""

Versions = Mapping[str, int]


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
    known = versions(kept)
    counted = _counted(connection, filters)
    keep(counted, filters, kept, known)
    return counted


def versions(kept: Cache) -> Versions:
    """Of which state facets will be that are counted from now on."""
    return {namespace: kept.version(namespace) for namespace in (CACHE, RECENT)}


def keep(counted: bytes, filters: Mapping[str, str], kept: Cache, known: Versions) -> None:
    """Keep facets if they were dear, unless something that is shown changed since."""
    if b'"isCapped" : true' in counted:
        for namespace, version in known.items():
            kept.put(namespace, _key(filters), counted, version=version, ttl=KEPT_SECONDS)


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
    found: str = connection.execute(
        facets_statement(frozenset(given)),
        {
            **narrowing.parameters(given),
            **chosen,
            "looked_at": searching.LOOKED_AT,
            "tags": SHOWN_TAGS,
        },
    ).scalar_one()
    return found.encode()


@cache
def facets_statement(filters: frozenset[str]) -> TextClause:
    """The statement of all facets, made once for each set of filters that are no facets themselves."""
    hits = " union all ".join(f"({_hits(kind, filters)})" for kind in KINDS)
    return text(f"with {narrowing.HIDDEN}, hits as materialized ({hits}) select {facets_of_hits(_IS)}::text")


def facets_of_hits(chosen: Conditions) -> str:
    """The facets of ``hits``, rows of ``COLUMNS``, as JSON; what is *chosen* of one narrows the others."""

    def group(facet: str, column: str, value: str, label: str, join: str = "") -> str:
        others = (condition for name, condition in chosen.items() if name != facet)
        return _GROUP.format(
            column=column, value=value, label=label, join=join, narrowed=" and ".join(others) or "true"
        )

    narrowed = " and ".join(chosen.values()) or "true"
    return f"""json_build_object(
        'total', (select count(*) from hits where {narrowed}),
        'isCapped', (select coalesce(bool_or(n >= :looked_at), false)
            from (select count(*) n from hits group by kind) each),
        'type', {group("type", "kind", "kind", _PLURAL)},
        'price', {group("price", "price", "price", _PRICED)},
        'style', {group("style", "style_id", "style.value", "style.label", _STYLED)},
        'license', {group("license", "license_id", "license.value", "license.name", _LICENSED)},
        'tag', {_TAGS.format(narrowed=narrowed)}
    )"""


def _hits(kind: Kind, filters: frozenset[str]) -> str:
    """What is counted of a kind: of words, the hits that a search looks at."""
    if "q" in filters:
        return searching.most_popular(kind, filters, COLUMNS[kind])
    return f"""
        select {COLUMNS[kind]} from {kind.table} item where {searching.where(kind, filters)}
        limit :looked_at
    """


COLUMNS = {
    kind: f"""'{kind.name}' as kind, item.style_id, item.license_id, item.tag_names,
        case when {PREMIUM} then 'premium' else 'free' end as price"""
    for kind in KINDS
}
_IS: Conditions = {
    "type": "(cast(:type as text) is null or kind = :type)",
    "price": "(cast(:price as text) is null or price = :price)",
    "style": "(cast(:style as text) is null or style_id = (select id from styles where value = :style))",
    "license": """(cast(:license as text) is null
        or license_id = (select id from licenses where value = :license))""",
}
_PLURALS = " ".join(f"when '{kind.name}' then '{kind.name.title()}s'" for kind in KINDS)
_PLURAL = f"case kind {_PLURALS} end"
_PRICED = "case price when 'free' then 'Free' else 'Premium' end"
_STYLED = "join styles style on style.id = style_id"
_LICENSED = "join licenses license on license.id = license_id"
# Unnested in the list of columns: beside the hits, each would be a call of its own, at twice the time.
_TAGS = """(
    select coalesce(
        json_agg(json_build_object('value', tag, 'label', tag, 'count', n) order by n desc, tag), '[]')
    from (
        select tag, count(*) as n
        from (select unnest(tag_names) as tag from hits where {narrowed}) tagged
        group by tag order by n desc, tag limit :tags
    ) counted
)"""

# Grouped first: hits are many, and a style or a licence is looked up once.
_GROUP = """(
    select coalesce(
        json_agg(json_build_object('value', {value}, 'label', {label}, 'count', n) order by n desc, {value}),
        '[]')
    from (select {column}, count(*) as n from hits where {narrowed} group by {column}) counted {join}
)"""
