"""Stripe: payments by card, webhooks as it signs them, and refunds."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import stripe
from pydantic import SecretStr
from structlog.testing import capture_logs

from tests.base.at_once import at_once
from tests.base.money import CASH, SYSTEM, Market, books_are_right
from tests.base.world import word
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.cashout_requests import CashoutMethod, CashoutRequestService, CashoutStatus
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Invalid, NotFound, Unavailable
from vectoricons.config.enums import Role
from vectoricons.orders import Order, OrderRepository, OrderService, OrderStatus
from vectoricons.stripe import Payments
from vectoricons.stripe.gateway import Intent, PaymentRefused, StripeGateway
from vectoricons.stripe.invoices import InvoiceRepository, InvoiceStatus
from vectoricons.stripe.stripe_customers import StripeCustomerRepository
from vectoricons.stripe.stripe_events import EventOutcome, StripeEventRepository
from vectoricons.stripe.webhooks import BadSignature, Webhooks
from vectoricons.transactions.refunds import Refunds
from vectoricons.users import User
from vectoricons.users.users_to_subscription_plans import SubscriptionRepository, SubscriptionService

SECRET = "whsec_of_this_test"


@pytest.fixture
def webhooks(database: Database) -> Webhooks:
    return Webhooks(database, SecretStr(SECRET))


def signed(body: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    """The header Stripe would send with *body*."""
    moment = int(time.time()) - age
    made = stripe.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", secret)  # noqa: SLF001
    return f"t={moment},v1={made}"


def told(
    webhooks: Webhooks, name: str, about: Mapping[str, Any], id: str | None = None
) -> EventOutcome | None:
    """Have Stripe tell of an event."""
    body = json.dumps({"id": id or word("evt"), "type": name, "data": {"object": about}}).encode()
    return webhooks.receive(body, signed(body))


class Scripted:
    """A gateway that remembers what it was asked, and gives each charge a name of its own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.broken = False
        self.refused: set[str] = set()

    def create_customer(self, *, name: str, email: str, key: str) -> str:
        self.asked.append(("customer", key))
        return f"cus_{key}"

    def create_intent(
        self, amount: Decimal, *, customer: str, metadata: Mapping[str, str], key: str
    ) -> Intent:
        self.asked.append(("intent", key))
        return Intent(f"pi_{key}", "secret")

    def refund(self, charge: str, amount: Decimal, *, key: str) -> str:
        if self.broken:
            raise Unavailable("Stripe is away.")
        if charge in self.refused:
            raise PaymentRefused("Stripe says: No such charge.")
        self.asked.append((f"refund {amount} of {charge}", key))
        return f"re_{key}"


@pytest.fixture
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture
def ordered(database: Database) -> tuple[User, Order]:
    """Somebody with an order of ten dollars to pay."""
    with database.unit_of_work(SYSTEM) as work:
        market = Market(work)
        buyer = market.user()
        return buyer, market.order(buyer, market.icon("10.00"))


def buying(user: User) -> Actor:
    return Actor(f"user:{user.uuid}", user.id, user.uuid, frozenset({Role.CUSTOMER.value}))


def status_of(database: Database, order: Order) -> OrderStatus:
    with database.unit_of_work(SYSTEM) as work:
        found = OrderRepository(work.session).find_by_id(order.id)
        assert found is not None
        return found.status


def intent_of(database: Database, scripted: Scripted, ordered: tuple[User, Order]) -> str:
    buyer, order = ordered
    return Payments(database, scripted).begin(buying(buyer), order.id).id


# -- paying an order


def test_an_order_is_paid_from_begin_to_end(
    database: Database, gateway: StripeGateway, webhooks: Webhooks, ordered: tuple[User, Order]
) -> None:
    buyer, order = ordered
    intent = Payments(database, gateway).begin(buying(buyer), order.id)
    outcome = told(webhooks, "payment_intent.succeeded", {"id": intent.id, "amount_received": 1000})
    assert outcome is EventOutcome.HANDLED
    assert status_of(database, order) == OrderStatus.COMPLETED
    with database.unit_of_work(SYSTEM) as work:
        invoice = InvoiceRepository(work.session).find_one({"stripe_id": intent.id})
        assert invoice is not None
        assert (invoice.order_id, invoice.status) == (order.id, InvoiceStatus.PAID)
        assert books_are_right(work)


def test_a_payment_begun_twice_is_one_customer_one_intent_one_invoice(
    database: Database, scripted: Scripted, ordered: tuple[User, Order]
) -> None:
    first = intent_of(database, scripted, ordered)
    assert intent_of(database, scripted, ordered) == first
    buyer, order = ordered
    assert scripted.asked == [
        ("customer", f"customer-{buyer.uuid}"),
        ("intent", f"order-{order.unique_id}-0"),
        ("intent", f"order-{order.unique_id}-0"),
    ]
    with database.unit_of_work(SYSTEM) as work:
        assert StripeCustomerRepository(work.session).count({"user_id": buyer.id}) == 1
        assert InvoiceRepository(work.session).count({"order_id": order.id}) == 1


def test_nobody_pays_another_s_order_nor_one_that_is_paid(
    database: Database, scripted: Scripted, webhooks: Webhooks, ordered: tuple[User, Order]
) -> None:
    buyer, order = ordered
    with database.unit_of_work(SYSTEM) as work:
        stranger = Market(work).user()
    with pytest.raises(NotFound):
        Payments(database, scripted).begin(buying(stranger), order.id)
    intent = intent_of(database, scripted, ordered)
    told(webhooks, "payment_intent.succeeded", {"id": intent, "amount_received": 1000})
    with pytest.raises(Conflict, match="nothing to pay"):
        Payments(database, scripted).begin(buying(buyer), order.id)


# -- webhooks


def test_an_event_told_many_times_at_once_happens_once(
    database: Database, scripted: Scripted, webhooks: Webhooks, ordered: tuple[User, Order]
) -> None:
    intent = intent_of(database, scripted, ordered)
    about = {"id": intent, "amount_received": 1000}
    outcomes: list[object] = []

    def tell() -> None:
        outcomes.append(told(webhooks, "payment_intent.succeeded", about, id=f"evt_{intent}"))

    assert at_once(*[tell] * 4) == []
    assert sorted(map(str, outcomes)) == ["None", "None", "None", "handled"]
    with database.unit_of_work(SYSTEM) as work:
        assert StripeEventRepository(work.session).count({"stripe_event_id": f"evt_{intent}"}) == 1
        assert books_are_right(work)


@pytest.mark.parametrize("how", ["another secret", "too old", "another body", "no header", "no text"])
def test_what_stripe_did_not_sign_just_now_is_refused(
    database: Database, webhooks: Webhooks, how: str
) -> None:
    body = b'{"id": "evt_forged", "type": "a.b", "data": {"object": {"id": "pi_1"}}}'
    header = {
        "another secret": signed(body, secret="whsec_other"),
        "too old": signed(body, age=301),
        "another body": signed(body.replace(b"pi_1", b"pi_2")),
        "no header": "",
        "no text": signed(body),
    }[how]
    with pytest.raises(BadSignature):
        webhooks.receive(b"\xff" if how == "no text" else body, header)
    with database.unit_of_work(SYSTEM) as work:
        assert not StripeEventRepository(work.session).exists({"stripe_event_id": "evt_forged"})


def test_what_is_signed_and_no_event_is_refused_in_words(webhooks: Webhooks) -> None:
    with pytest.raises(Invalid, match="no event of Stripe's"):
        webhooks.receive(b"[]", signed(b"[]"))


def test_events_nobody_asked_for_are_kept_and_ignored(database: Database, webhooks: Webhooks) -> None:
    event = word("evt")
    assert told(webhooks, "payment_intent.created", {"id": "pi_1"}, id=event) is EventOutcome.IGNORED
    assert told(webhooks, "payment_intent.succeeded", {"id": "pi_of_nobody"}) is EventOutcome.HANDLED
    with database.unit_of_work(SYSTEM) as work:
        kept = StripeEventRepository(work.session).find_one({"stripe_event_id": event})
        assert kept is not None
        assert kept.outcome is EventOutcome.IGNORED


def test_what_fails_is_told_again_and_happens_then(
    database: Database,
    webhooks: Webhooks,
    monkeypatch: pytest.MonkeyPatch,
    scripted: Scripted,
    ordered: tuple[User, Order],
) -> None:
    intent, event = intent_of(database, scripted, ordered), word("evt")
    about = {"id": intent, "amount_received": 1000}
    with monkeypatch.context() as broken:
        broken.setattr("vectoricons.stripe.webhooks.Settlement.receive", _dies)
        with pytest.raises(RuntimeError):
            told(webhooks, "payment_intent.succeeded", about, id=event)
    assert told(webhooks, "payment_intent.succeeded", about, id=event) is EventOutcome.HANDLED
    assert status_of(database, ordered[1]) == OrderStatus.COMPLETED


@pytest.mark.parametrize(
    ("told_of", "ends"),
    [
        (("processing",), OrderStatus.PROCESSING),
        (("processing", "payment_failed"), OrderStatus.FAILED),
        (("canceled",), OrderStatus.FAILED),
        (("payment_failed", "succeeded"), OrderStatus.COMPLETED),
        (("succeeded", "payment_failed"), OrderStatus.COMPLETED),
        (("succeeded", "processing"), OrderStatus.COMPLETED),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value),
)
def test_news_of_a_payment_may_come_in_any_order(
    database: Database,
    scripted: Scripted,
    webhooks: Webhooks,
    ordered: tuple[User, Order],
    told_of: tuple[str, ...],
    ends: OrderStatus,
) -> None:
    intent = intent_of(database, scripted, ordered)
    for news in told_of:
        told(webhooks, f"payment_intent.{news}", {"id": intent, "amount_received": 1000})
    assert status_of(database, ordered[1]) == ends


def test_an_invoice_of_a_subscription_renews_it(database: Database, webhooks: Webhooks) -> None:
    with database.unit_of_work(SYSTEM) as work:
        market = Market(work)
        buyer, named = market.user(), word("sub")
        market.paid(buyer, market.plan("10.00"))
        held = SubscriptionService(work).current(buyer.id)
        assert held is not None
        SubscriptionRepository(work.session).update(held.id, {"stripe_subscription_plan_id": named})
    parent = {"type": "subscription_details", "subscription_details": {"subscription": named}}
    about = {"id": word("in"), "parent": parent, "amount_paid": 1000}
    told(webhooks, "invoice.paid", about)
    told(webhooks, "invoice.paid", about)
    with database.unit_of_work(SYSTEM) as work:
        renewed = SubscriptionRepository(work.session).find_by_id(held.id)
        assert renewed is not None
        assert renewed.end_date > held.end_date
        assert Market(work).on(buyer, AccountTypeId.USER_SUBSCRIBER_CREDITS) == Decimal("20.00")
        assert books_are_right(work)


@pytest.mark.parametrize(
    ("news", "ends"), [("paid", CashoutStatus.COMPLETED), ("failed", CashoutStatus.FAILED)]
)
def test_a_payout_ends_the_cashout_it_is_for(
    database: Database, webhooks: Webhooks, news: str, ends: CashoutStatus
) -> None:
    with database.unit_of_work(SYSTEM) as work:
        market = Market(work)
        market.paid(market.user(), market.icon("100.00"))
        asked = CashoutRequestService(work).request(
            market.contributor.id, Decimal(50), email="ann@example.org", method=CashoutMethod.STRIPE
        )
        CashoutRequestService(work).approve(asked.id)
    about = {"id": word("po"), "metadata": {"cashout_request_id": str(asked.id)}, "failure_message": "shut"}
    told(webhooks, f"payout.{news}", about)
    with database.unit_of_work(SYSTEM) as work:
        assert CashoutRequestService(work).assert_exists(asked.id).status == ends
        assert books_are_right(work)


# -- sending refunds


def test_a_refund_is_sent_to_its_card_once_though_the_process_dies(
    database: Database, scripted: Scripted, webhooks: Webhooks, ordered: tuple[User, Order]
) -> None:
    intent = intent_of(database, scripted, ordered)
    told(webhooks, "payment_intent.succeeded", {"id": intent, "amount_received": 1000})
    with database.unit_of_work(SYSTEM) as work:
        cash = Market(work).on(None, CASH)
        Refunds(work).refund(ordered[1].id)
    scripted.broken = True
    with pytest.raises(Unavailable):
        Payments(database, scripted).send_refunds()
    scripted.broken = False
    payments = Payments(database, scripted)
    sent = payments.send_refunds()
    assert sent >= 1
    assert payments.send_refunds() == 0
    assert [what for what, _ in scripted.asked if intent in what] == [f"refund 10.00 of {intent}"]
    with database.unit_of_work(SYSTEM) as work:
        assert Market(work).on(None, CASH) == cash + Decimal("10.00")
        assert OrderService(work).assert_exists(ordered[1].id).status == OrderStatus.REFUNDED
        assert books_are_right(work)


def test_a_refund_that_is_refused_keeps_back_none_that_follow(
    database: Database, scripted: Scripted, webhooks: Webhooks
) -> None:
    paid = []
    for _ in range(2):
        with database.unit_of_work(SYSTEM) as work:
            market = Market(work)
            buyer = market.user()
            order = market.order(buyer, market.icon("10.00"))
        paid.append(intent_of(database, scripted, (buyer, order)))
        told(webhooks, "payment_intent.succeeded", {"id": paid[-1], "amount_received": 1000})
        with database.unit_of_work(SYSTEM) as work:
            Refunds(work).refund(order.id)
    first, second = paid
    scripted.refused = {first}
    with capture_logs() as logged:
        assert Payments(database, scripted).send_refunds() == 1
    assert [what for what, _ in scripted.asked if what.startswith("refund")] == [f"refund 10.00 of {second}"]
    assert [line["detail"] for line in logged if line["event"] == "refund refused"] == [
        "Stripe says: No such charge."
    ]
    scripted.refused = set()
    assert Payments(database, scripted).send_refunds() == 1


def _dies(*_arguments: object, **_named: object) -> None:
    raise RuntimeError("the process died here")
