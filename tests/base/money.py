"""What tests of money say: accounts, postings, and whether the books are right."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from tests.base.shop import Shop, Sold
from tests.base.world import World, word
from vectoricons.accounts import Account, AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.carts import CartService
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Conflict, Invalid
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.credits import CreditRepository
from vectoricons.orders import Order
from vectoricons.orders.checkout import Checkout
from vectoricons.transactions import (
    Entry,
    PaymentTypeId,
    Transaction,
    TransactionCategoryId,
    TransactionService,
)
from vectoricons.transactions.settlement import Settlement
from vectoricons.users import User

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


class Market(Shop):
    """A shop whose orders are paid for."""

    def charge(self, order: Order, charge: str | None = None) -> Order:
        """The order, its price charged to a card."""
        return Settlement(self.work).receive(
            order.id, charge=charge or word("pi"), amount=order.discounted_total
        )

    def paid(self, user: User, *things: Sold) -> Order:
        """A new order of *things*, paid by card."""
        return self.charge(self.order(user, *things))

    def pack(self, user: User, size: int = 10) -> Order:
        """A pack of credits, paid by card."""
        cart = CartService(self.buying(user)).add_many(user.id, [("credit", size)])
        placed = Checkout(self.buying(user)).place(user.id, key=str(uuid4()), total=cart.total)
        return self.charge(placed)

    def on(self, user: User | None, type_id: AccountTypeId) -> Decimal:
        """What is on the user's, or the house's, account."""
        return AccountService(self.work).balance(user.id if user else None, type_id)

    def worth(self, user: User) -> Decimal:
        """What the user's credits are worth, by the credits themselves."""
        held = CreditRepository(self.work.session).find_all({"user_id": user.id})
        return sum((one.worth for one in held), Decimal("0.00"))


def books_are_right(work: UnitOfWork) -> bool:
    """Whether all accounts together are zero, each is what was posted to it, and credits are covered."""
    uncovered = work.session.execute(
        text(
            "select account.id from accounts account join account_types type on type.id = account_type_id"
            " where type.value in ('User:PrepaidCredits', 'User:SubscriberCredits') and account.balance <>"
            " (select coalesce(sum(worth), 0) from credits where credits.account_id = account.id)"
        )
    ).all()
    whole = work.session.scalar(text("select coalesce(sum(balance), 0) from accounts"))
    return whole == 0 and unkept(work) == [] and uncovered == []


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
