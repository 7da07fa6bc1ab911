"""Money when many click at once: quotas, cashouts and refunds are what they are for one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tests.base.at_once import at_once
from tests.base.money import SYSTEM, Market, books_are_right
from tests.base.world import word
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.cashout_requests import CashoutMethod, CashoutRequestService
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict
from vectoricons.credits import NotEnoughCredits
from vectoricons.transactions.refunds import Refunds
from vectoricons.transactions.settlement import Settlement


def test_a_quota_clicked_at_once_is_not_exceeded(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        market = Market(work)
        buyer, seller = market.user(), market.contributor
        market.paid(buyer, market.plan("10.00", monthly_downloads=2))

    def click() -> None:
        with database.unit_of_work(SYSTEM) as work:
            Settlement(work).download(buyer.id, seller.id, key=word("click"))

    assert [type(error) for error in at_once(*[click] * 5)] == [NotEnoughCredits] * 3
    with database.unit_of_work(SYSTEM) as work:
        assert books_are_right(work)


def test_an_order_refunded_by_many_at_once_is_refunded_once(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        market = Market(work)
        order = market.paid(market.user(), market.icon("10.00"), market.icon("5.00"))
        owed = market.on(None, AccountTypeId.LIABILITY)

    def refund() -> None:
        with database.unit_of_work(SYSTEM) as work:
            Refunds(work).refund(order.id)

    assert at_once(*[refund] * 4) == []
    with database.unit_of_work(SYSTEM) as work:
        assert Market(work).on(None, AccountTypeId.LIABILITY) == owed + Decimal("15.00")
        assert books_are_right(work)


def test_of_decisions_on_a_cashout_at_once_one_holds(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        market = Market(work)
        market.paid(market.user(), market.icon("100.00"))
        asked = CashoutRequestService(work).request(
            market.contributor.id, Decimal("50.00"), email="ann@example.org", method=CashoutMethod.PAYPAL
        )

    def deciding(decision: Callable[[CashoutRequestService], object]) -> Callable[[], None]:
        def decide() -> None:
            with database.unit_of_work(SYSTEM) as work:
                decision(CashoutRequestService(work))

        return decide

    wrong = at_once(
        deciding(lambda office: office.deny(asked.id, "no")),
        deciding(lambda office: office.request_cancellation(asked.id)),
        deciding(lambda office: office.deny(asked.id, "no")),
    )
    assert all(isinstance(error, Conflict) for error in wrong)
    with database.unit_of_work(SYSTEM) as work:
        assert books_are_right(work)
