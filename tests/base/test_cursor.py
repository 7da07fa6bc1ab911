"""Page tokens: exact, signed, good for one list alone; and the pages they lead to."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.base.world import World, word
from vectoricons.common import cursor, keyset
from vectoricons.common.cursor import Direction, Position
from vectoricons.common.errors import InvalidCursor
from vectoricons.common.keyset import Ask, KeysetPage
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products.icons import Icon, IconRepository, IconRow, IconService

KEY = b"a key only the api knows"

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.uuids()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.datetimes(timezones=st.just(UTC))
    | st.datetimes(
        min_value=datetime(1900, 1, 1),
        max_value=datetime(2900, 1, 1),
        timezones=st.just(timezone(timedelta(hours=5, minutes=45))),
    )
)
positions = st.builds(
    Position, st.lists(scalars, min_size=1, max_size=4).map(tuple), st.sampled_from(list(Direction))
)
filters = st.dictionaries(
    st.text(max_size=8), st.integers() | st.text(max_size=8) | st.lists(st.integers()), max_size=4
)


@given(positions, st.text(max_size=12), filters)
def test_a_token_leads_back_to_its_position(
    position: Position, sort: str, given_filters: dict[str, Any]
) -> None:
    token = cursor.encode(KEY, position, sort=sort, filters=given_filters)
    assert cursor.decode(KEY, token, sort=sort, filters=given_filters) == position


@given(positions)
def test_a_token_needs_no_escaping_in_a_url(position: Position) -> None:
    token = cursor.encode(KEY, position, sort="newest")
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(positions, st.data())
def test_a_token_with_one_changed_bit_is_refused(position: Position, data: st.DataObject) -> None:
    raw = bytearray(_raw(cursor.encode(KEY, position, sort="newest")))
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << (place % 8)
    with pytest.raises(InvalidCursor):
        cursor.decode(KEY, urlsafe_b64encode(raw).rstrip(b"=").decode(), sort="newest")


@given(st.text())
def test_whatever_else_comes_is_refused_in_words(token: str) -> None:
    with pytest.raises(InvalidCursor, match="first page"):
        cursor.decode(KEY, token, sort="newest")


def test_a_token_has_one_spelling() -> None:
    token = cursor.encode(KEY, Position((1,)), sort="newest")
    for other in (token + "=", token + "==", " " + token, token + "\n", token.replace("-", "+") + "!"):
        with pytest.raises(InvalidCursor):
            cursor.decode(KEY, other, sort="newest")


@given(filters, filters)
def test_a_token_opens_only_the_list_it_was_made_for(mine: dict[str, Any], yours: dict[str, Any]) -> None:
    token = cursor.encode(KEY, Position((1,)), sort="newest", filters=mine)
    if cursor.filter_hash(mine) != cursor.filter_hash(yours):
        with pytest.raises(InvalidCursor, match="another list"):
            cursor.decode(KEY, token, sort="newest", filters=yours)
    with pytest.raises(InvalidCursor, match="another list"):
        cursor.decode(KEY, token, sort="popular", filters=mine)


def test_filters_are_the_same_in_any_order() -> None:
    assert cursor.filter_hash({"a": 1, "b": {3, 2}}) == cursor.filter_hash({"b": {2, 3}, "a": 1})
    assert cursor.filter_hash({"a": 1}) != cursor.filter_hash({"a": "1"})
    assert cursor.filter_hash(None) == cursor.filter_hash({})
    assert cursor.filter_hash({"price": Decimal("2.00")}) != cursor.filter_hash({"price": Decimal("2.01")})


def test_of_several_keys_the_last_signs_and_each_is_taken() -> None:
    old = cursor.encode("the old key", Position((1,)), sort="newest")
    rotated = ["the old key", "the new key"]
    new = cursor.encode(rotated, Position((1,)), sort="newest")
    for token in (old, new):
        assert cursor.decode(rotated, token, sort="newest") == Position((1,))
    assert cursor.decode("the new key", new, sort="newest") == Position((1,))
    with pytest.raises(InvalidCursor):
        cursor.decode("the new key", old, sort="newest")


def test_another_key_and_another_version_are_refused() -> None:
    token = cursor.encode(KEY, Position((1,)), sort="newest")
    with pytest.raises(InvalidCursor):
        cursor.decode("another key", token, sort="newest")
    with pytest.raises(InvalidCursor):
        cursor.decode(KEY, urlsafe_b64encode(b"\x02" + _raw(token)[1:]).rstrip(b"=").decode(), sort="newest")


def test_zero_is_a_position_like_any_other() -> None:
    position = Position((0, 0), Direction.PREVIOUS)
    assert cursor.decode(KEY, cursor.encode(KEY, position, sort="s"), sort="s") == position


def test_microseconds_survive() -> None:
    moment = datetime(2026, 11, 23, 8, 30, 15, 123457, tzinfo=UTC)
    position = Position((moment, 5, Decimal("2.50"), UUID(int=7)))
    assert cursor.decode(KEY, cursor.encode(KEY, position, sort="s"), sort="s").values == position.values


# -- pages


@pytest.fixture
def icons(work: UnitOfWork) -> list[Icon]:
    """Twelve icons of equal popularity two by two, in the order they were made."""
    return _icons(World(work), 12)


@settings(deadline=None, max_examples=20)
@given(
    limit=st.integers(1, 13),
    descending=st.booleans(),
    sort_by=st.sampled_from(["created_at", "popularity", "id"]),
)
def test_pages_neither_repeat_nor_skip_and_lead_back(limit: int, descending: bool, sort_by: str) -> None:
    repository, where, expected = _shelf()
    ordered = sorted(expected, key=lambda icon: (getattr(icon, sort_by), icon.id), reverse=descending)
    rules: dict[str, Any] = {"key": KEY, "sort_by": sort_by, "descending": descending, "limit": limit}
    pages = [repository.keyset_page(where, asked=Ask(**rules))]
    while pages[-1].next:
        pages.append(repository.keyset_page(where, asked=Ask.following(pages[-1].next, **rules)))
    assert [icon.id for page in pages for icon in page.items] == [icon.id for icon in ordered]
    for later, earlier in zip(pages[:0:-1], pages[-2::-1], strict=True):
        assert (
            repository.keyset_page(where, asked=Ask.following(later.previous, **rules)).items == earlier.items
        )


def test_rows_that_arrive_later_do_not_shift_the_next_page(work: UnitOfWork, icons: list[Icon]) -> None:
    service, where = IconService(work), {"family_id": icons[0].family_id}
    first = service.keyset_page(where, asked=Ask(key=KEY, limit=5))
    new = _icons(World(work), 3, like=icons[0])
    second = service.keyset_page(where, asked=Ask.following(first.next, key=KEY, limit=5))
    assert [icon.id for icon in (*first.items, *second.items)] == [icon.id for icon in icons[:1:-1]]
    assert not {icon.id for icon in new} & {icon.id for icon in second.items}


def test_the_first_page_has_no_page_before_it_and_the_last_none_after(
    work: UnitOfWork, icons: list[Icon]
) -> None:
    repository, where = IconRepository(work.session), {"family_id": icons[0].family_id}
    only = repository.keyset_page(where, asked=Ask(key=KEY, limit=50))
    assert (only.previous, only.next) == (None, None)
    assert Ask.following(None, key=KEY, limit=50) == Ask(key=KEY, limit=50)
    assert repository.keyset_page({"id": -1}, asked=Ask(key=KEY)) == KeysetPage((), None, None)


def test_a_page_is_of_a_hundred_at_most_and_of_one_at_least() -> None:
    assert Ask(key=KEY, limit=1000).size == 100
    assert Ask(key=KEY, limit=0).size == 1
    assert Ask(key=KEY).size == 20


def test_a_deep_page_is_read_from_the_index(work: UnitOfWork, icons: list[Icon]) -> None:
    repository = IconRepository(work.session)
    ask = Ask(key=KEY, position=Position((icons[5].created_at, icons[5].id)))
    columns = IconRow.created_at, IconRow.id
    page = keyset.statement(repository.query({"is_live": True}), *columns, ask)
    sql = page.compile(dialect=work.session.get_bind().dialect, compile_kwargs={"literal_binds": True})
    work.session.execute(text("set local enable_seqscan = off; set local enable_bitmapscan = off"))
    plan = "\n".join(work.session.scalars(text(f"explain {sql}")))
    assert "Index Cond: (ROW(created_at, id) < ROW(" in plan
    assert "ix_icons_newest" in plan
    assert "Sort" not in plan


_SHELF: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def _shelved(work: UnitOfWork) -> None:
    """Hypothesis takes no fixture of one test's life: what it reads is laid out here."""
    _SHELF.update(work=work, icons=None)


def _shelf() -> tuple[IconRepository, dict[str, Any], list[Icon]]:
    if _SHELF["icons"] is None:
        _SHELF["icons"] = _icons(World(_SHELF["work"]), 12)
    made = _SHELF["icons"]
    return IconRepository(_SHELF["work"].session), {"family_id": made[0].family_id}, made


def _icons(world: World, number: int, like: Icon | None = None) -> list[Icon]:
    where = (
        {"user_id": like.user_id, "family_id": like.family_id, "set_id": like.set_id}
        if like
        else {"user_id": world.contributor.id, "family_id": world.family.id, "set_id": world.set.id}
    )
    repository = IconRepository(world.work.session)
    return [
        repository.create(
            {
                **where,
                "name": word("up"),
                "popularity": place // 2,
                "source_batch_id": uuid4(),
                "source_entry_no": place,
            }
        )
        for place in range(number)
    ]


def _raw(token: str) -> bytes:
    return urlsafe_b64decode(token + "=" * (-len(token) % 4))
