"""The catalogue as the public reads it: lists and single things, as JSON that Postgres builds.

Read functions, not a service: a page of a list is one statement on an AUTOCOMMIT connection. Lists are
keyset pages by row comparison on ``(created_at, id)``: a page costs the same at any depth, and none repeats
or skips a row.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text

from vectoricons.common import cursor
from vectoricons.common.cursor import Direction, Position
from vectoricons.common.keyset import Ask
from vectoricons.products.catalogue_cards import (
    FAMILY_CARD,
    FAMILY_SOURCE,
    ICON,
    ILLUSTRATION,
    SET_CARD,
    SET_SOURCE,
    Kind,
    item_card,
    item_source,
)


@dataclass(frozen=True)
class Listing:
    """A list that is paged through: its name, how a row looks, where it comes from, what can narrow it."""

    name: str
    card: str
    source: str
    alias: str
    conditions: Mapping[str, str]
    shown: str = "is_live"

    def __hash__(self) -> int:
        return id(self)  # there is one of each, and statements are remembered by it


@dataclass(frozen=True, slots=True)
class JsonPage:
    """A page of a list: a JSON array, and the tokens to its neighbours; None where there is no neighbour."""

    items: bytes
    next: str | None
    prev: str | None

    def to_json(self) -> bytes:
        """``{"items": [...], "page": {"next": token, "prev": token}}``."""
        return b'{"items":%b,"page":{"next":%b,"prev":%b}}' % (
            self.items,
            _quoted(self.next),
            _quoted(self.prev),
        )


_READING = "created_at desc, id desc"
_CONTRIBUTOR = "{alias}.user_id = (select id from users where username = :contributor)"
_PRICE = "(coalesce({alias}.price, 0) > 0) = (:price = 'premium')"


def _items(kind: Kind) -> Listing:
    return Listing(
        kind.table,
        item_card(kind),
        item_source(kind),
        "item",
        {
            "family": "item.family_id = (select id from families where unique_id = :family)",
            "set": "item.set_id = (select id from sets where unique_id = :set)",
            "style": "item.style_id = (select id from styles where value = :style)",
            "tag": "item.tag_names @> string_to_array(:tag, ',')",
            "contributor": _CONTRIBUTOR.format(alias="item"),
            "price": _PRICE.format(alias="item"),
        },
    )


ICONS = _items(ICON)
ILLUSTRATIONS = _items(ILLUSTRATION)
FAMILIES = Listing(
    "families",
    FAMILY_CARD,
    FAMILY_SOURCE,
    "family",
    {"contributor": _CONTRIBUTOR.format(alias="family"), "price": _PRICE.format(alias="family")},
)
SETS = Listing(
    "sets",
    SET_CARD,
    SET_SOURCE,
    "item",
    {
        "family": "item.family_id = (select id from families where unique_id = :family)",
        "type": "product_type.value = :type",
        "style": "style.value = :style",
        "contributor": _CONTRIBUTOR.format(alias="item"),
        "price": _PRICE.format(alias="item"),
    },
)


def page(connection: Connection, listing: Listing, asked: Ask, assets: str) -> JsonPage:
    """The page of *listing* that is *asked* for; ``asked.filters`` are names and values of its conditions.

    ``asked.sort_by`` is the list's name, so that no token opens another list.
    """
    statement = page_statement(
        listing, frozenset(asked.filters), placed=asked.position is not None, backwards=asked.backwards
    )
    at, after = asked.position.values if asked.position else (None, None)
    parameters = {**asked.filters, "assets": assets, "limit": asked.size, "at": at, "after": after}
    return page_of(connection.execute(statement, parameters).one(), asked)


@cache
def page_statement(listing: Listing, filters: frozenset[str], *, placed: bool, backwards: bool) -> TextClause:
    """The statement of a page of *listing*, made once for each set of filters and way to read on."""
    conditions = [f"{listing.alias}.{listing.shown}", *(listing.conditions[name] for name in sorted(filters))]
    key = f"({listing.alias}.created_at, {listing.alias}.id)"
    if placed:
        conditions.append(f"{key} {'>' if backwards else '<'} (:at, :after)")
    way = "asc" if backwards else "desc"
    order = f"{listing.alias}.created_at {way}, {listing.alias}.id {way}"
    # One row more than asked for tells whether the list goes on.
    return text(f"""
        select
            coalesce(json_agg(card order by {_READING}) filter (where nth <= :limit), '[]')::text as items,
            json_agg(json_build_array(created_at, id) order by {_READING})
                filter (where nth <= :limit) as keys,
            count(*) > :limit as goes_on
        from (
            select {listing.alias}.created_at, {listing.alias}.id, {listing.card} as card,
                row_number() over (order by {order}) as nth
            from {listing.source}
            where {" and ".join(conditions)}
            order by {order}
            limit :limit + 1
        ) picked
    """)


def page_of(found: Row[Any], asked: Ask) -> JsonPage:
    """The page of a row of ``items`` (JSON text), ``keys`` (sort values of each item) and ``goes_on``."""
    items = found.items.encode()
    if not found.keys:
        return JsonPage(items, None, None)
    after = found.goes_on or asked.backwards
    before = found.goes_on if asked.backwards else asked.position is not None
    return JsonPage(
        items,
        _token(asked, found.keys[-1], Direction.NEXT) if after else None,
        _token(asked, found.keys[0], Direction.PREVIOUS) if before else None,
    )


def _token(asked: Ask, key: list[Any], direction: Direction) -> str:
    position = Position(tuple(map(_typed, key)), direction)
    return cursor.encode(asked.key, position, sort=asked.sort, filters=asked.filters)


def _typed(value: Any) -> Any:
    """A value of a key as it was before it became JSON: of its strings, moments have colons and ids none."""
    return datetime.fromisoformat(value) if isinstance(value, str) and ":" in value else value


def _quoted(token: str | None) -> bytes:
    return b"null" if token is None else b'"%b"' % token.encode()
