"""The ledger: money moves between accounts, all of it or none, once, and none is ever lost or made."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.base.money import CASH, EARNED, PAID, SYSTEM, accounts, balance, post, unkept, went
from tests.base.world import World
from tests.databases import rolled_back
from vectoricons.accounts import AccountService, AccountStatus
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Forbidden, Invalid, NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.transactions import InsufficientFunds, TransactionService, credit, debit


def test_a_posting_moves_money_from_one_account_to_another(work: UnitOfWork) -> None:
    cash = AccountService(work).get_or_create(None, CASH)
    (buyer,) = accounts(work, 1)
    posted = post(work, debit(cash, Decimal("9.90")), credit(buyer, Decimal("9.90"), memo="card"))
    assert posted.amount == Decimal("9.90")
    assert [item.memo for item in posted.transaction_items] == [None, "card"]
    assert (balance(work, buyer), balance(work, cash)) == (Decimal("9.90"), Decimal("-9.90"))


@pytest.mark.parametrize(
    "amounts", [(), ("5.00",), ("5.00", "-4.99"), ("0", "0"), ("1.001", "-1.001"), ("NaN", "NaN")]
)
def test_what_does_not_balance_is_refused_and_moves_nothing(work: UnitOfWork, amounts: Sequence[str]) -> None:
    cash = AccountService(work).get_or_create(None, CASH)
    entries = [
        debit(cash, Decimal(amount[1:])) if amount.startswith("-") else credit(cash, Decimal(amount))
        for amount in amounts
    ]
    with pytest.raises(Invalid):
        post(work, *entries)
    assert balance(work, cash) == 0


def test_an_account_that_may_not_owe_never_does(work: UnitOfWork) -> None:
    first, second = accounts(work)
    with pytest.raises(InsufficientFunds, match="cannot be taken"):
        post(work, debit(first, Decimal("0.01")), credit(second, Decimal("0.01")), key="too much")
    assert balance(work, second) == 0
    assert not TransactionService(work).exists({"idempotency_key": "too much"}), "the key is free again"


def test_the_same_posting_twice_moves_money_once(work: UnitOfWork) -> None:
    cash = AccountService(work).get_or_create(None, CASH)
    (buyer,) = accounts(work, 1)
    entries = debit(cash, Decimal(5)), credit(buyer, Decimal(5))
    first, again = post(work, *entries, key="order-1"), post(work, *entries, key="order-1")
    assert first.id == again.id
    assert balance(work, buyer) == 5


def test_a_key_stands_for_one_posting_alone(work: UnitOfWork) -> None:
    cash = AccountService(work).get_or_create(None, CASH)
    (buyer,) = accounts(work, 1)
    post(work, debit(cash, Decimal(5)), credit(buyer, Decimal(5)), key="order-2")
    with pytest.raises(Conflict, match="order-2"):
        post(work, debit(cash, Decimal(6)), credit(buyer, Decimal(6)), key="order-2")


def test_an_unknown_account_is_named(work: UnitOfWork) -> None:
    cash = AccountService(work).get_or_create(None, CASH)
    with pytest.raises(NotFound, match=str(2**40)):
        post(work, debit(cash, Decimal(1)), credit(cash.clone_with(id=2**40), Decimal(1)))


@pytest.mark.parametrize(
    ("status", "gives", "takes"),
    [("active", True, True), ("inactive", False, True), ("suspended", False, True), ("closed", False, False)],
)
def test_only_an_active_account_gives_and_a_closed_one_does_not_take(
    work: UnitOfWork, status: str, gives: bool, takes: bool
) -> None:
    first, second = accounts(work)
    cash = AccountService(work).get_or_create(None, CASH)
    post(work, debit(cash, Decimal(10)), credit(first, Decimal(10)))
    AccountService(work).update(first.id, {"status": AccountStatus(status)})
    assert went(lambda: post(work, debit(first, Decimal(1)), credit(second, Decimal(1)))) is gives
    assert went(lambda: post(work, debit(cash, Decimal(1)), credit(first, Decimal(1)))) is takes


def test_a_user_has_one_account_of_a_type_however_often_it_is_asked_for(work: UnitOfWork) -> None:
    user = World(work).user()
    service = AccountService(work)
    first, house, again = service.get_or_create_many([(user.id, EARNED), (None, EARNED), (user.id, EARNED)])
    assert first == again
    assert house.user_id is None
    assert (first.label, first.balance, first.may_be_negative) == ("Revenue", Decimal("0.00"), False)
    assert [one.account_type.value for one in service.get_by_user(user.id) if one.account_type] == ["Revenue"]
    assert service.balance(user.id, PAID) == 0


def test_people_see_their_own_accounts_and_write_none(work: UnitOfWork) -> None:
    world = World(work)
    user, other = world.user(), world.user()
    mine, theirs = AccountService(work).get_or_create_many([(user.id, PAID), (other.id, PAID)])
    own = AccountService(world.acting_as(user, Role.CUSTOMER))
    assert own.get_all() == [mine]
    assert own.get_by_id(theirs.id) is None
    with pytest.raises(Forbidden):
        own.update(mine.id, {"description": "rich"})


def test_nobody_writes_a_balance_by_hand(work: UnitOfWork) -> None:
    (account,) = accounts(work, 1)
    assert AccountService(work).update(account.id, {"balance": Decimal(5)}).balance == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-50, 500)), max_size=12))
def test_whatever_is_tried_the_ledger_sums_to_zero_and_nobody_owes(
    database: Database, moves: list[tuple[int, int, int]]
) -> None:
    with rolled_back(database, SYSTEM) as work:
        cash = AccountService(work).get_or_create(None, CASH)
        all_of_them = [cash, *accounts(work, 3)]
        for giver, taker, cents in moves:
            amount = Decimal(cents) / 100
            went(lambda: post(work, debit(all_of_them[giver], amount), credit(all_of_them[taker], amount)))  # noqa: B023  (called at once)
        assert min(balance(work, account) for account in all_of_them[1:]) >= 0
        assert work.session.scalar(text("select sum(balance) from accounts")) == 0
        assert unkept(work) == []
