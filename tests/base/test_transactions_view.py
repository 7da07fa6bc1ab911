"""The transactions view: what moved on whose account, read like a table and never written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.base.money import Market
from vectoricons.accounts import AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.common.errors import Forbidden, Invalid
from vectoricons.common.keyset import Ask
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.transactions.refunds import Refunds
from vectoricons.transactions.transactions_view import AccountEntry, AccountEntryService

NOBODY = 2**40


@pytest.fixture
def market(work: UnitOfWork) -> Market:
    return Market(work)


@pytest.fixture
def rows(market: Market) -> list[AccountEntry]:
    """The contributor's shares of three sales to three buyers."""
    for price in ("10.00", "20.00", "5.00"):
        market.paid(market.user(), market.icon(price))
    return shown(market.work).get_where({"user_id": market.contributor.id})


def shown(work: UnitOfWork) -> AccountEntryService:
    return AccountEntryService(work)


def test_an_entry_is_found_by_its_key_or_nothing(market: Market, rows: list[AccountEntry]) -> None:
    assert shown(market.work).get_by_id(rows[1].id) == rows[1]
    assert shown(market.work).get_by_id(NOBODY) is None
    assert shown(market.work).repository.find_by_ids([rows[2].id, rows[0].id]) == [rows[2], rows[0]]


def test_an_entry_says_what_moved_why_and_for_which_thing(rows: list[AccountEntry]) -> None:
    assert [one.signed for one in rows] == [Decimal("6.00"), Decimal("12.00"), Decimal("3.00")]
    assert {one.entity_type for one in rows} == {"icon"}
    assert {(one.transaction_category, one.payment_type, one.transaction_type_label) for one in rows} == {
        ("sale", "pay_as_you_go", "credit")
    }
    assert {one.account_label for one in rows} == {"Revenue"}


def test_entries_are_found_by_account_kind_and_thing(market: Market, rows: list[AccountEntry]) -> None:
    account = AccountService(market.work).get_or_create(market.contributor.id, AccountTypeId.REVENUE)
    view = shown(market.work)
    assert view.get_where({"account_id": account.id}) == rows
    assert view.get_where({"account_id": account.id, "entity_type": "set"}) == []
    sale = view.get_where({"entity_type": "icon", "entity_id": rows[0].entity_id})
    assert sum(one.signed for one in sale) == 0, "all sides of a sale are there"


def test_entries_are_paged_counted_and_told_of(market: Market, rows: list[AccountEntry]) -> None:
    view, own = shown(market.work), {"user_id": market.contributor.id}
    page = view.paginate(own, page=2, size=2)
    assert (page.results, page.total, page.total_pages) == ((rows[2],), 3, 2)
    feed = view.keyset_page(own, asked=Ask(key="secret", sort_by="id", limit=2))
    assert list(feed.items) == [rows[2], rows[1]]
    assert view.repository.count(own) == 3
    assert (view.exists(own), view.exists({"user_id": NOBODY})) == (True, False)


def test_entries_are_seen_by_whose_account_it_is(market: Market, rows: list[AccountEntry]) -> None:
    own = shown(market.acting_as(market.contributor, Role.CONTRIBUTOR))
    assert own.get_all() == rows
    assert shown(market.buying(market.user())).get_all() == []
    assert shown(market.anonymously()).get_all() == []
    everything = shown(market.acting_as(market.user(), Role.ADMIN)).get_all()
    assert sum(one.signed for one in everything) == 0


def test_nothing_writes_it(market: Market, rows: list[AccountEntry]) -> None:
    view, row = shown(market.work), rows[0]
    writes: list[Callable[[], object]] = [
        lambda: view.create({"amount": 1}),
        lambda: view.update(row.id, {"amount": 1}),
        lambda: view.delete(row.id),
        lambda: view.upsert({"id": row.id, "amount": 1}),
        lambda: view.repository.update_where({"id": row.id}, {"amount": 1}),
    ]
    for write in writes:
        with pytest.raises(Forbidden, match="nothing writes it"):
            write()
    assert view.get_by_id(row.id) == row


def test_it_is_frozen_plain_and_refuses_what_it_has_not(market: Market, rows: list[AccountEntry]) -> None:
    with pytest.raises(ValueError, match="frozen"):
        rows[0].entity_id = 1  # type: ignore[misc]
    assert rows[0].to_json()["amount"] == "6.00"
    assert all("_" not in name for name in rows[0].to_json())
    with pytest.raises(Invalid, match="nonsense"):
        shown(market.work).get_where({"nonsense": 1})


def test_a_refund_is_an_entry_of_its_own_and_changes_none(market: Market) -> None:
    order = market.paid(market.user(), market.icon("10.00"))
    Refunds(market.work).refund(order.id)
    own = shown(market.work).get_where({"user_id": market.contributor.id})
    assert [(one.transaction_category, one.signed) for one in own] == [
        ("sale", Decimal("6.00")),
        ("refund", Decimal("-6.00")),
    ]
