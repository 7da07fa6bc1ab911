"""What tests of money say: accounts, postings, and whether the books are right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from tests.base.world import World, word
from vectoricons.accounts import Account, AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Conflict, Invalid
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.transactions import (
    Entry,
    PaymentTypeId,
    Transaction,
    TransactionCategoryId,
    TransactionService,
)

SYSTEM = Actor.system("test")
CASH, EARNED, PAID = AccountTypeId.ASSET, AccountTypeId.REVENUE, AccountTypeId.USER_PAY_AS_YOU_GO


def post(
    work: UnitOfWork, *entries: Entry, key: str | None = None, order_id: int | None = None
) -> Transaction:
    return TransactionService(work).post(
        key=key or word("posting"),
        category=TransactionCategoryId.ADJUSTMENT,
        payment_type=PaymentTypeId.PAY_AS_YOU_GO,
        entries=entries,
    )


def accounts(work: UnitOfWork, number: int = 2) -> list[Account]:
    """Accounts of new users: none may owe."""
    world = World(work)
    return AccountService(work).get_or_create_many([(world.user().id, PAID) for _ in range(number)])


def balance(work: UnitOfWork, account: Account) -> Decimal:
    return AccountService(work).assert_exists(account.id).balance


def unkept(work: UnitOfWork) -> list[Any]:
    """Accounts whose kept balance is not the sum of what was posted to them."""
    return list(
        work.session.execute(
            text(
                "select account.id, account.balance, sum(item.amount * type.operation) from accounts account"
                " join transaction_items item on item.account_id = account.id"
                " join transaction_types type on type.id = item.transaction_type_id"
                " group by account.id having account.balance <> sum(item.amount * type.operation)"
            )
        )
    )


def went(attempt: Callable[[], object]) -> bool:
    """Whether it was not refused."""
    try:
        attempt()
    except (Invalid, Conflict):
        return False
    return True


def at_once(*bodies: Callable[[], None]) -> list[Exception]:
    """What went wrong in bodies that start together."""
    wrong: list[Exception] = []
    barrier = threading.Barrier(len(bodies))

    def run(body: Callable[[], None]) -> None:
        barrier.wait()
        try:
            body()
        except Exception as error:  # a thread's error must fail the test
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return wrong
