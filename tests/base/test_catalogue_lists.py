"""The catalogue's lists: laws of reading on, both ways, over families, sets, icons and illustrations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from vectoricons.common.database import Database
from vectoricons.common.errors import Invalid, InvalidCursor
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue
from vectoricons.products.catalogue import JsonPage, Listing, Order, of_items
from vectoricons.products.catalogue_cards import Kind
from vectoricons.products.catalogue_similar import similar

KEY = "a key only the api knows"
LISTINGS = (catalogue.FAMILIES, catalogue.SETS, catalogue.ICONS, catalogue.ILLUSTRATIONS)
ROWS = 9

_SHOP = """
    insert into users (email, username, display_name) values ('ada@example.org', 'ada', 'Ada');
    insert into families (name, user_id, created_at, popularity)
        select 'family ' || n, (select id from users), timestamptz '2026-01-01' + n / 3 * interval '1 s',
            n % 3
        from generate_series(1, 9) n;
    insert into sets (name, user_id, family_id, product_type_id, price, created_at, popularity)
        select 'set ' || id, user_id, id, 1 + id % 2, id % 2, created_at, popularity from families;
"""
_ITEMS = """
    insert into {table} (name, user_id, family_id, set_id, price, created_at, popularity)
        select 'item ' || id, user_id, family_id, id, id % 2, created_at, popularity from sets;
"""
_NEW = {
    "families": """insert into families (name, user_id, created_at, popularity)
        select 'new ' || :n, user_id, created_at, popularity from families where name = 'family ' || :like""",
    "sets": """insert into sets (name, user_id, family_id, product_type_id, created_at, popularity)
        select 'new ' || :n, user_id, family_id, 1, created_at, popularity from sets
        where id = (select id from sets order by id offset :like - 1 limit 1)""",
    "icons": """insert into icons (name, user_id, family_id, set_id, created_at, popularity)
        select 'new ' || :n, user_id, family_id, set_id, created_at, popularity from icons
        where id = (select id from icons order by id offset :like - 1 limit 1)""",
}
_NEW["illustrations"] = _NEW["icons"].replace("icons", "illustrations")


@dataclass(frozen=True)
class Reader:
    """Reads one list on one connection."""

    connection: Connection
    listing: Listing
    order: Order = Order.NEWEST
    limit: int = 4

    def page(self, token: str | None = None, **filters: str) -> JsonPage:
        asked = Ask.following(
            token, key=KEY, sort_by=self.listing.by(self.order), limit=self.limit, filters=filters
        )
        return catalogue.page(self.connection, self.listing, asked, "")

    def walk(self, token: str | None = None, way: str = "next") -> list[list[str]]:
        """The ids of the pages from *token* on, following *way* to its end."""
        pages = []
        while not pages or token:
            found = self.page(token)
            pages.append(ids(found))
            token = getattr(found, way)
        return pages

    def expected(self) -> list[str]:
        """What a plain sort gives."""
        way = "desc" if self.order.descending else "asc"
        sql = f"select unique_id from {self.listing.table} order by {self.order.column} {way}, id {way}"  # noqa: S608 - constants
        return list(self.connection.scalars(text(sql)))


def ids(page: JsonPage) -> list[str]:
    return [item["id"] for item in json.loads(page.items)]


@pytest.fixture(scope="module")
def shop(database: Database) -> Database:
    """Nine rows in each table, three of them of each moment and of each popularity."""
    with database.writer.begin() as connection:
        connection.execute(text(_SHOP))
        for table in ("icons", "illustrations"):
            connection.execute(text(_ITEMS.format(table=table)))
    return database


@pytest.fixture
def connection(shop: Database) -> Iterator[Connection]:
    """A transaction that is rolled back."""
    with shop.writer.connect() as opened:
        yield opened
        opened.rollback()


lists = st.sampled_from(LISTINGS)
orders = st.sampled_from(list(Order))
law = how(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@law
@given(listing=lists, order=orders, limit=st.integers(1, ROWS + 1))
def test_pages_neither_repeat_nor_skip_and_both_directions_agree(
    connection: Connection, listing: Listing, order: Order, limit: int
) -> None:
    reader = Reader(connection, listing, order, limit)
    forwards = reader.walk()
    assert [one for page in forwards for one in page] == reader.expected()
    assert all(len(page) == limit for page in forwards[:-1])
    first, last = reader.page(), reader.page()
    assert first.prev is None
    while last.next:
        last = reader.page(last.next)
    if last.prev:
        assert reader.walk(last.prev, "prev")[::-1] == forwards[:-1]


@law
@given(
    listing=lists,
    order=orders,
    limit=st.integers(1, 4),
    arrivals=st.lists(st.integers(1, ROWS), max_size=4),
)
def test_rows_that_arrive_between_two_pages_shift_none_of_those_that_were_there(
    connection: Connection, listing: Listing, order: Order, limit: int, arrivals: list[int]
) -> None:
    reader = Reader(connection, listing, order, limit)
    there = reader.expected()
    with connection.begin_nested() as savepoint:
        first = reader.page()
        for number, like in enumerate(arrivals):
            connection.execute(text(_NEW[listing.table]), {"n": number, "like": like})
        rest = [one for page in reader.walk(first.next) for one in page] if first.next else []
        read = [*ids(first), *rest]
        assert len(read) == len(set(read))
        assert [one for one in read if one in there] == there
        savepoint.rollback()


@law
@given(listing=lists, place=st.integers(0), bit=st.integers(0, 5))
def test_a_token_that_was_tampered_with_is_refused(
    connection: Connection, listing: Listing, place: int, bit: int
) -> None:
    reader = Reader(connection, listing)
    token = reader.page().next
    assert token is not None
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place %= len(token)
    other = alphabet[alphabet.index(token[place]) ^ (1 << bit)]
    with pytest.raises(InvalidCursor, match="first page"):
        reader.page(token[:place] + other + token[place + 1 :])


@law
@given(
    made=st.tuples(lists, orders, st.sampled_from([{}, {"price": "free"}, {"contributor": "ada"}])),
    used=st.tuples(lists, orders, st.sampled_from([{}, {"price": "free"}, {"contributor": "ada"}])),
)
def test_a_token_opens_only_the_list_order_and_filters_it_was_made_for(
    connection: Connection, made: tuple[Any, ...], used: tuple[Any, ...]
) -> None:
    listing, order, filters = made
    token = Reader(connection, listing, order, 2).page(**filters).next
    other, other_order, other_filters = used
    reader = Reader(connection, other, other_order, 2)
    if made == used:
        assert reader.page(token, **other_filters).prev is not None
        return
    with pytest.raises(InvalidCursor, match="another list"):
        reader.page(token, **other_filters)


def test_a_token_outlives_the_row_it_was_made_at(connection: Connection) -> None:
    """Tokens do not expire: a position needs no row, so a link kept for a year still leads on."""
    reader = Reader(connection, catalogue.FAMILIES, limit=3)
    first = reader.page()
    rest = reader.walk(first.next)
    connection.execute(
        text("update families set is_deleted = true where unique_id = any(:ids)"), {"ids": ids(first)}
    )
    assert reader.walk(first.next) == rest


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_an_empty_list_is_an_empty_page(connection: Connection, listing: Listing) -> None:
    nothing = JsonPage(b"[]", None, None)
    for filters in ({"contributor": "nobody"}, {"category": "None such"}, {"q": "!!"}, {"q": "zebra"}):
        assert Reader(connection, listing).page(**filters) == nothing


def test_a_page_holds_twenty_unless_asked_and_a_hundred_at_most(connection: Connection) -> None:
    connection.execute(
        text("""
        insert into icons (name, user_id, family_id, set_id)
        select 'more ' || n, user_id, family_id, id from sets, generate_series(1, 13) n
    """)
    )
    asked = Ask(key=KEY, sort_by="icons")
    assert len(ids(catalogue.page(connection, catalogue.ICONS, asked, ""))) == 20
    assert len(ids(Reader(connection, catalogue.ICONS, limit=1000).page())) == 100


@pytest.mark.parametrize("sort_by", ["icons.price", "sets.newest", "", "icons.newest.x"])
def test_an_order_there_is_not_is_refused(connection: Connection, sort_by: str) -> None:
    with pytest.raises(Invalid, match="no order"):
        catalogue.page(connection, catalogue.ICONS, Ask(key=KEY, sort_by=sort_by), "")
    with pytest.raises(Invalid, match='narrowed by "colour"'):
        Reader(connection, catalogue.ICONS).page(colour="red")


def test_a_list_by_family_has_no_ambiguous_columns(connection: Connection) -> None:
    family = connection.scalar(text("select unique_id from families order by id limit 1"))
    for listing in (catalogue.SETS, catalogue.ICONS, catalogue.ILLUSTRATIONS):
        assert len(ids(Reader(connection, listing).page(family=family, price="premium"))) <= 1


def test_a_deleted_row_is_not_listed_whatever_null_meant(connection: Connection) -> None:
    connection.execute(text("update icons set is_deleted = true where popularity = 0"))
    assert len(ids(Reader(connection, catalogue.ICONS, limit=20).page())) == ROWS - 3
    columns = text("""select count(*) from information_schema.columns
        where column_name = 'is_deleted' and is_nullable = 'YES'""")
    assert connection.scalar(columns) == 0


def test_a_new_product_type_is_a_table_and_a_kind(connection: Connection) -> None:
    connection.execute(
        text("""
        create table animations (like icons including all);
        insert into animations (name, user_id, family_id, set_id, popularity)
        select 'bounce ' || n, user_id, family_id, set_id, n from icons, generate_series(1, 2) n
        where icons.id = (select min(id) from icons)
    """)
    )
    kind = Kind("animation", "animations")
    found = json.loads(Reader(connection, of_items(kind), Order.BESTSELLER).page(q="bounce").items)
    assert [(card["type"], card["name"]) for card in found] == [
        ("animation", "bounce 2"),
        ("animation", "bounce 1"),
    ]
    assert [card["name"] for card in json.loads(similar(connection, kind, found[0]["id"], ""))] == [
        "bounce 1"
    ]
