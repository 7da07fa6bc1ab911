"""The catalogue as the public reads it: lists of it, as JSON that Postgres builds.

Read functions, not a service: a page of a list is one statement on an AUTOCOMMIT connection. Lists are
keyset pages by row comparison on the order's column and the id: a page costs the same at any depth, and none
repeats or skips a row.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text

from vectoricons.common import cursor
from vectoricons.common.cursor import Direction, Position
from vectoricons.common.database import planned_for_values
from vectoricons.common.errors import Invalid
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue_filters as narrowing
from vectoricons.products.catalogue_cards import (
    EVERY_SET_SOURCE,
    FAMILY_CARD,
    FAMILY_SOURCE,
    ICON,
    ILLUSTRATION,
    SET_CARD,
    SET_SOURCE,
    Kind,
    every_item_source,
    item_card,
    item_source,
)
from vectoricons.products.catalogue_filters import Conditions


class Order(StrEnum):
    """The order of a list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    BESTSELLER = "bestseller"

    @property
    def column(self) -> str:
        """What it goes by, before the id."""
        return "popularity" if self is Order.BESTSELLER else "created_at"

    @property
    def descending(self) -> bool:
        """Whether the largest comes first."""
        return self is not Order.OLDEST


@dataclass(frozen=True)
class Listing:
    """A list that is paged through: which rows are shown, how one looks, what can narrow it.

    Rows are picked from *table* as *alias*; a *card* is made of *source*, or of *every*, where there is
    one, for who sees more than the public.
    """

    name: str
    table: str
    alias: str
    shown: tuple[str, ...]
    card: str
    source: str
    conditions: Conditions
    every: str = ""

    def __hash__(self) -> int:
        return id(self)  # there is one of each, and statements are remembered by it

    def by(self, order: Order) -> str:
        """What a token of this list in this *order* is bound to: an ``Ask``'s ``sort_by``."""
        return f"{self.name}.{order}"

    def order(self, sort_by: str) -> Order:
        """The order in an ``Ask``'s *sort_by*; the list's name alone is newest. Raises Invalid."""
        name, _, order = sort_by.partition(".")
        if name != self.name or order not in {"", *Order}:
            raise Invalid(f'There is no order "{sort_by}" of {self.name}.')
        return Order(order or Order.NEWEST)


@dataclass(frozen=True, slots=True)
class JsonPage:
    """A page of a list: a JSON array, and the tokens to its neighbours; None where there is no neighbour."""

    items: bytes
    next: str | None
    prev: str | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on it."""
        return self.items == b"[]"

    def to_json(self) -> bytes:
        """``{"items": [...], "page": {"next": token, "prev": token}}``."""
        return b'{"items":%b,"page":{"next":%b,"prev":%b}}' % (
            self.items,
            _quoted(self.next),
            _quoted(self.prev),
        )


NOTHING = JsonPage(b"[]", None, None)


def of_items(kind: Kind) -> Listing:
    """The list of one kind of items."""
    return Listing(
        name=kind.table,
        table=kind.table,
        alias="item",
        shown=("item.is_live", narrowing.SHOWN_ITEM),
        card=item_card(kind),
        source=item_source(kind),
        every=every_item_source(kind),
        conditions=narrowing.of_items(kind),
    )


ICONS = of_items(ICON)
ILLUSTRATIONS = of_items(ILLUSTRATION)
FAMILIES = Listing(
    name="families",
    table="families",
    alias="family",
    shown=("family.is_live",),
    card=FAMILY_CARD,
    source=FAMILY_SOURCE,
    every=FAMILY_SOURCE,
    conditions=narrowing.FAMILIES,
)
SETS = Listing(
    name="sets",
    table="sets",
    alias="item",
    shown=("item.is_live", narrowing.SHOWN_SET),
    card=SET_CARD,
    source=SET_SOURCE,
    every=EVERY_SET_SOURCE,
    conditions=narrowing.SETS,
)


@cache
def whole(listing: Listing) -> Listing:
    """*listing* with what the public does not see of it; narrowed by ``own``, that of one person."""
    conditions = {**listing.conditions, **narrowing.states(listing.alias)}
    return replace(listing, shown=(), source=listing.every, conditions=conditions)


def page(connection: Connection, listing: Listing, asked: Ask, assets: str) -> JsonPage:
    """The page of *listing* that is *asked* for; ``asked.filters`` are names and values of its conditions.

    ``asked.sort_by`` is :meth:`Listing.by` an order, so that a token opens no other list and no other order.
    """
    if narrowing.finds_nothing(asked.filters):
        return NOTHING
    statement = page_statement(
        listing,
        frozenset(asked.filters),
        listing.order(asked.sort_by),
        placed=asked.position is not None,
        backwards=asked.backwards,
    )
    at, after = asked.position.values if asked.position else (None, None)
    place = {"assets": assets, "limit": asked.size, "at": at, "after": after}
    uneven = narrowing.UNEVEN & asked.filters.keys()
    with planned_for_values(connection) if uneven else nullcontext():
        found = connection.execute(statement, narrowing.parameters(asked.filters) | place).one()
    return page_of(found, asked)


@cache
def page_statement(
    listing: Listing,
    filters: frozenset[str],
    order: Order = Order.NEWEST,
    *,
    placed: bool,
    backwards: bool,
) -> TextClause:
    """The statement of a page of *listing*, made once for each order, set of filters and way to read on.

    It picks rows before it joins anything: what a card shows is looked up for the rows of the page alone.
    """
    conditions = [*listing.shown, *narrowing.chosen(listing.conditions, filters)]
    falling = order.descending != backwards
    way, than = ("desc", "<") if falling else ("asc", ">")
    alias, reading = listing.alias, "desc" if order.descending else "asc"
    if placed:
        conditions.append(f"({alias}.{order.column}, {alias}.id) {than} (:at, :after)")
    # One row more than asked for tells whether the list goes on.
    return text(f"""
        select
            coalesce(json_agg((select {listing.card} from {listing.source} where {alias}.id = picked.id)
                order by at {reading}, id {reading}) filter (where nth <= :limit), '[]')::text as items,
            json_agg(json_build_array(at, id) order by at {reading}, id {reading})
                filter (where nth <= :limit) as keys,
            count(*) > :limit as goes_on
        from (
            select at, id, row_number() over (order by at {way}, id {way}) as nth
            from (
                select {alias}.{order.column} as at, {alias}.id
                from {listing.table} {alias}
                where {" and ".join(conditions) or "true"}
                order by {alias}.{order.column} {way}, {alias}.id {way}
                limit :limit + 1
            ) found
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
