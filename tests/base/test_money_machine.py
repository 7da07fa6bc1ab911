"""Whatever is bought, refunded, cashed out and spent, in any order: the books are right at each step."""

from __future__ import annotations

from contextlib import ExitStack
from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.base.money import SYSTEM, Market, books_are_right, went
from tests.base.world import word
from tests.databases import rolled_back
from vectoricons.cashout_requests import CashoutMethod, CashoutRequestService
from vectoricons.common.database import Database
from vectoricons.orders import Order
from vectoricons.orders.order_items import OrderItemRepository
from vectoricons.transactions import cards
from vectoricons.transactions.refunds import Refunds
from vectoricons.transactions.settlement import Settlement
from vectoricons.users.users_to_subscription_plans import SubscriptionService

# Untraced, for it is long: the tests of each of its steps are seen to cover them.
pytestmark = pytest.mark.no_cover

PRICES = st.decimals("0.01", "40.00", places=2)


class Trade(RuleBasedStateMachine):
    """One contributor, one buyer, and all that can happen between them."""

    database: ClassVar[Database]

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        self.work = self.stack.enter_context(rolled_back(self.database, SYSTEM))
        self.market = Market(self.work)
        self.buyer = self.market.user()
        self.orders: list[Order] = []
        self.cashouts: list[int] = []

    @rule(prices=st.lists(PRICES, min_size=1, max_size=3))
    def buy_by_card(self, prices: list[Decimal]) -> None:
        icons = [self.market.icon(str(price)) for price in prices]
        self.orders.append(self.market.paid(self.buyer, *icons))

    @rule(size=st.sampled_from([10, 25]))
    def buy_credits(self, size: int) -> None:
        self.orders.append(self.market.pack(self.buyer, size))

    @rule(price=PRICES)
    def buy_by_credits(self, price: Decimal) -> None:
        order = self.market.order(self.buyer, self.market.icon(str(price)))
        went(lambda: Settlement(self.work).pay_with_credits(order.id))
        self.orders.append(order)

    @rule(price=st.decimals("0.10", "60.00", places=2), downloads=st.integers(1, 7))
    def subscribe(self, price: Decimal, downloads: int) -> None:
        plan = self.market.plan(str(price), monthly_downloads=downloads)
        self.orders.append(self.market.paid(self.buyer, plan))

    @rule()
    def download(self) -> None:
        went(lambda: Settlement(self.work).download(self.buyer.id, self.market.contributor.id, key=word("d")))

    @rule(amount=st.decimals("10.00", "60.00", places=2))
    def ask_for_money(self, amount: Decimal) -> None:
        office, seller = CashoutRequestService(self.work), self.market.contributor
        went(
            lambda: self.cashouts.append(
                office.request(seller.id, amount, email="ann@example.org", method=CashoutMethod.PAYPAL).id
            )
        )

    @precondition(lambda self: self.cashouts)
    @rule(pick=st.integers(0, 99), paid=st.booleans())
    def decide(self, pick: int, paid: bool) -> None:
        office, id = CashoutRequestService(self.work), self.cashouts[pick % len(self.cashouts)]
        went(lambda: office.approve(id))
        went(lambda: office.complete(id) if paid else office.fail(id, "for the test"))

    @precondition(lambda self: self.orders)
    @rule(pick=st.integers(0, 99), whole=st.booleans())
    def refund(self, pick: int, whole: bool) -> None:
        order = self.orders[pick % len(self.orders)]
        first = OrderItemRepository(self.work.session).find_all({"order_id": order.id}, limit=1)
        went(lambda: Refunds(self.work).refund(order.id, None if whole else [first[0].id]))

    @rule()
    def send_refunds(self) -> None:
        for due in cards.due(self.work):
            cards.mark_sent(self.work, due)

    @rule()
    def give_up_the_subscription(self) -> None:
        held = SubscriptionService(self.work).current(self.buyer.id)
        if held:
            SubscriptionService(self.work).cancel(held.id)

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "work"):
            assert books_are_right(self.work)

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()


def test_the_books_are_right_whatever_happens(database: Database) -> None:
    Trade.database = database
    run_state_machine_as_test(
        Trade,
        settings=settings(
            max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
