"""Housekeeping: what is over ends, though nobody asks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from sqlalchemy import text

from containers.worker.housekeeping import Housekeeping
from tests.base.money import SYSTEM, Market
from tests.base.world import word
from vectoricons.carts import CartRepository
from vectoricons.common import idempotency
from vectoricons.common.database import Database
from vectoricons.common.errors import Unavailable
from vectoricons.common.idempotency import Answer, Sent
from vectoricons.stripe import Payments
from vectoricons.stripe.gateway import Intent
from vectoricons.transactions.refunds import Refunds
from vectoricons.users.users_to_subscription_plans import SubscriptionRepository


class Scripted:
    """A gateway that remembers what it sent back, or is away."""

    def __init__(self) -> None:
        self.sent: list[Decimal] = []
        self.is_away = False

    def create_customer(self, *, name: str, email: str, key: str) -> str:
        return f"cus_{key}"

    def create_intent(
        self, amount: Decimal, *, customer: str, metadata: Mapping[str, str], key: str
    ) -> Intent:
        return Intent(f"pi_{key}", "secret")

    def refund(self, charge: str, amount: Decimal, *, key: str) -> str:
        if self.is_away:
            raise Unavailable("Stripe is away.")
        self.sent.append(amount)
        return f"re_{key}"


@pytest.fixture
def gateway() -> Scripted:
    return Scripted()


@pytest.fixture
def housekeeping(database: Database, gateway: Scripted) -> Housekeeping:
    return Housekeeping(database, Payments(database, gateway))


def test_what_is_over_ends_and_the_rest_stays(
    housekeeping: Housekeeping, database: Database, gateway: Scripted
) -> None:
    with database.unit_of_work(SYSTEM) as work:
        market = Market(work)
        late, now, asking, returning = (market.user() for _ in range(4))
        market.paid(late, market.plan())
        held = SubscriptionRepository(work.session).live(late.id)
        market.paid(now, market.plan())
        new = [market.fill(buyer, market.icon()) for buyer in (late, now)][-1]
        idempotency.once(work, Sent(asking.id, word("key"), "one"), lambda: Answer("{}"))
        Refunds(work).refund(market.paid(returning, market.icon("4.00")).id)
        assert held
    with database.unit_of_work(SYSTEM) as work:
        over = {"late": late.id, "held": held.id, "asking": asking.id}
        for statement in (
            "update carts set updated_at = now() - interval '8 days' where user_id = :late",
            "update users_to_subscription_plans set start_date = now() - interval '40 days',"
            " end_date = now() - interval '9 days' where id = :held",
            "update idempotency_keys set created_at = now() - interval '25 hours' where user_id = :asking",
        ):
            work.session.execute(text(statement), over)
    done = housekeeping.run_once()
    assert done == {"subscriptions": 1, "carts": 1, "idempotency-keys": 1, "refunds": 1}
    assert gateway.sent == [Decimal("4.00")]
    with database.unit_of_work(SYSTEM) as work:
        carts = CartRepository(work.session)
        assert not carts.exists({"user_id": late.id, "status": "active"})
        assert carts.exists({"id": new.id})
        assert SubscriptionRepository(work.session).live(late.id) is None
        assert SubscriptionRepository(work.session).live(now.id)
    told = "select count(*) from event_histories"
    with database.unit_of_work(SYSTEM) as work:
        before = work.session.scalar(text(told))
    assert set(housekeeping.run_once().values()) == {0}
    with database.unit_of_work(SYSTEM) as work:
        assert work.session.scalar(text(told)) == before  # nothing was done, and nothing says so


def test_a_stripe_that_is_away_keeps_nothing_else_from_being_done(
    housekeeping: Housekeeping, database: Database, gateway: Scripted
) -> None:
    with database.unit_of_work(SYSTEM) as work:
        market = Market(work)
        buyer = market.user()
        Refunds(work).refund(market.paid(buyer, market.icon("4.00")).id)
        cart = market.fill(market.user(), market.icon())
        aged = text("update carts set updated_at = now() - interval '8 days' where id = :cart")
        work.session.execute(aged, {"cart": cart.id})
    gateway.is_away = True
    done = housekeeping.run_once()
    assert (done["refunds"], done["carts"]) == (0, 1)
    gateway.is_away = False
    assert housekeeping.run_once()["refunds"] == 1
