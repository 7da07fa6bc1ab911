"""The ledger when many post at once, and against what writes past the code."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.base.at_once import at_once
from tests.base.money import CASH, EARNED, SYSTEM, accounts, balance, post, unkept
from tests.base.world import World
from vectoricons.accounts import AccountService
from vectoricons.common.database import Database
from vectoricons.transactions import InsufficientFunds, credit, debit


def test_the_database_refuses_a_transaction_that_does_not_sum_to_zero(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        cash = AccountService(work).get_or_create(None, CASH)
    header = (
        "with header as (insert into transactions"
        " (idempotency_key, amount, payment_type_id, transaction_category_id)"
        " values ('by hand', 5, 3, 5) returning id)"
    )
    lines = (
        "insert into transaction_items (transaction_id, account_id, transaction_type_id, payment_type_id,"  # noqa: S608  (a number)
        f" amount) select id, {cash.id}, line.type, 3, line.amount from header,"
    )
    for values in ("(1, 5)", "(1, 5), (2, 4)", "(1, 6), (2, 6)"):
        with pytest.raises(IntegrityError, match="does not balance"), database.writer.begin() as connection:
            connection.execute(text(f"{header} {lines} (values {values}) line (type, amount)"))
    with pytest.raises(IntegrityError, match="does not balance"), database.writer.begin() as connection:
        connection.execute(text(f"{header} select from header"))


@pytest.mark.parametrize(
    "statement",
    [
        "update transaction_items set memo = 'other'",
        "delete from transaction_items",
        "update transactions set order_id = 1",
    ],
)
def test_what_is_posted_stays(database: Database, statement: str) -> None:
    with database.unit_of_work(SYSTEM) as work:
        cash = AccountService(work).get_or_create(None, CASH)
        (buyer,) = accounts(work, 1)
        post(work, debit(cash, Decimal(1)), credit(buyer, Decimal(1)))
    with pytest.raises(IntegrityError, match="stands"), database.writer.begin() as connection:
        connection.execute(text(statement))


def test_postings_at_once_never_deadlock_and_never_lose_a_cent(database: Database) -> None:
    """Eight threads pay in circles over three accounts, each pair in both directions."""
    with database.unit_of_work(SYSTEM) as work:
        cash = AccountService(work).get_or_create(None, CASH)
        circle = accounts(work, 3)
        for account in circle:
            post(work, debit(cash, Decimal(100)), credit(account, Decimal(100)))

    def pay(thread: int) -> None:
        for number in range(12):
            for giver, taker in permutations(circle, 2):
                with database.unit_of_work(SYSTEM) as work:
                    key = f"{thread} {number} {giver.id} {taker.id}"
                    post(work, debit(giver, Decimal(1)), credit(taker, Decimal(1)), key=key)

    assert at_once(*[lambda thread=thread: pay(thread) for thread in range(4)]) == []
    with database.unit_of_work(SYSTEM) as work:
        assert [balance(work, account) for account in circle] == [Decimal(100)] * 3
        assert unkept(work) == []


def test_one_posting_delivered_many_times_at_once_happens_once(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        cash = AccountService(work).get_or_create(None, CASH)
        (buyer,) = accounts(work, 1)

    def deliver() -> None:
        with database.unit_of_work(SYSTEM) as work:
            post(work, debit(cash, Decimal(7)), credit(buyer, Decimal(7)), key="delivered often")

    assert at_once(*[deliver] * 4) == []
    with database.unit_of_work(SYSTEM) as work:
        assert balance(work, buyer) == 7


def test_an_account_emptied_by_many_at_once_is_emptied_once(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        cash = AccountService(work).get_or_create(None, CASH)
        rich, other = accounts(work)
        post(work, debit(cash, Decimal(10)), credit(rich, Decimal(10)))

    def empty() -> None:
        with database.unit_of_work(SYSTEM) as work:
            post(work, debit(rich, Decimal(10)), credit(other, Decimal(10)))

    refused = at_once(*[empty] * 4)
    assert [type(error) for error in refused] == [InsufficientFunds] * 3


def test_first_accounts_opened_at_once_in_any_order_do_not_deadlock(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        people = [World(work).user().id for _ in range(6)]

    def open_accounts(order: Sequence[int]) -> None:
        with database.unit_of_work(SYSTEM) as work:
            AccountService(work).get_or_create_many([(person, EARNED) for person in order])

    orders = [people, people[::-1], people[3:] + people[:3]]
    assert at_once(*[lambda order=order: open_accounts(order) for order in orders]) == []
