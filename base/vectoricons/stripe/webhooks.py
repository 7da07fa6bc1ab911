"""Webhooks: Stripe tells of payments. What it says is believed by its signature, and happens once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

import stripe
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from vectoricons.cashout_requests import CashoutRequestService
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Invalid
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.orders import OrderRepository, OrderService, OrderStatus
from vectoricons.stripe.gateway import dollars
from vectoricons.stripe.invoices import Invoice, InvoiceRepository, InvoiceStatus
from vectoricons.stripe.stripe_events import EventOutcome, StripeEventRepository
from vectoricons.transactions import cards
from vectoricons.transactions.settlement import Settlement
from vectoricons.users.users_to_subscription_plans import SubscriptionRepository, SubscriptionService

TOLERANCE = 300  # seconds a signature is good for
STRIPE = Actor.system("stripe")
UNPAID = {OrderStatus.PENDING, OrderStatus.PROCESSING}

logger = log.get(__name__)


class BadSignature(Invalid):
    """What came was not signed by Stripe, or long ago."""

    code = "bad-signature"
    status = HTTPStatus.BAD_REQUEST
    title = "The signature is not Stripe's"


class Renewed(BaseModel):
    """Which subscription an invoice of Stripe's is for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    subscription: str


class Parent(BaseModel):
    """What an invoice of Stripe's was made for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    subscription_details: Renewed | None = None


class Subject(BaseModel):
    """What an event is about: an intent, an invoice or a payout of Stripe's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    amount_received: int = 0
    amount_paid: int = 0
    parent: Parent | None = None
    failure_message: str | None = None
    metadata: Mapping[str, str] = Field(default_factory=dict)


class Data(BaseModel):
    """Where Stripe puts it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    object: Subject


class Notice(BaseModel):
    """An event of Stripe's, as far as it is read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    type: str
    data: Data


class Webhooks:
    """Takes in what Stripe tells. An event, its effects and the record of it are one transaction."""

    def __init__(self, database: Database, secret: SecretStr) -> None:
        self._database = database
        self._secret = secret

    def receive(self, body: bytes, signature: str) -> EventOutcome | None:
        """What became of the event; None for one that was told before. Raises BadSignature, Invalid."""
        notice = self._read(body, signature)
        return self._database.transact(STRIPE, lambda work: _take_in(work, notice))

    def _read(self, body: bytes, signature: str) -> Notice:
        secret = self._secret.get_secret_value()
        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE)
            return Notice.model_validate_json(text)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            raise BadSignature("This was not signed with the webhook's secret in the last minutes.") from None
        except ValidationError as error:
            raise Invalid(f"This is no event of Stripe's: {error.errors()[0]['msg']}.") from None


def _take_in(work: UnitOfWork, notice: Notice) -> EventOutcome | None:
    handler = HANDLERS.get(notice.type)
    outcome = EventOutcome.HANDLED if handler else EventOutcome.IGNORED
    new = StripeEventRepository(work.session).first(
        {
            "stripe_event_id": notice.id,
            "type": notice.type,
            "outcome": outcome,
            "payload": notice.data.object.model_dump(mode="json"),
        }
    )
    if new is None:
        return None
    if handler:
        handler(work, notice.data.object)
    logger.info("stripe-event", type=notice.type, stripe_event_id=notice.id, outcome=outcome)
    return outcome


def _paid(work: UnitOfWork, intent: Subject) -> None:
    invoice = _invoice(work, intent, InvoiceStatus.PAID)
    if invoice and invoice.order_id:
        Settlement(work).receive(invoice.order_id, charge=intent.id, amount=dollars(intent.amount_received))


def _failed(work: UnitOfWork, intent: Subject) -> None:
    _unpaid(work, _invoice(work, intent, InvoiceStatus.FAILED))


def _given_up(work: UnitOfWork, intent: Subject) -> None:
    _unpaid(work, _invoice(work, intent, InvoiceStatus.VOID))


def _unpaid(work: UnitOfWork, invoice: Invoice | None) -> None:
    """Fail the order, unless it was paid meanwhile: Stripe's news come in any order."""
    order = OrderRepository(work.session).locked(invoice.order_id) if invoice and invoice.order_id else None
    if order and order.status in UNPAID:
        OrderService(work).fail(order.id)


def _under_way(work: UnitOfWork, intent: Subject) -> None:
    invoice = InvoiceRepository(work.session).find_one({"stripe_id": intent.id})
    order = OrderRepository(work.session).locked(invoice.order_id) if invoice and invoice.order_id else None
    if order and order.status == OrderStatus.PENDING:
        OrderService(work).begin_payment(order.id)


def _renewed(work: UnitOfWork, paid: Subject) -> None:
    """An invoice that Stripe made for a subscription was paid: it goes on. The first one began it."""
    amount, of = dollars(paid.amount_paid), paid.parent.subscription_details if paid.parent else None
    named = {"stripe_subscription_plan_id": of.subscription if of else ""}
    held = SubscriptionRepository(work.session).find_one(named)
    if held is None or not amount:
        return
    InvoiceRepository(work.session).upsert(
        {
            "user_id": held.user_id,
            "subscription_id": held.id,
            "stripe_id": paid.id,
            "amount": amount,
            "status": InvoiceStatus.PAID,
        }
    )
    cards.receive(work, held.user_id, amount, paid.id)
    if held.is_active and not held.is_deleted:  # of one that has ended the money is the user's to spend
        SubscriptionService(work).renew(held.id, paid=amount, key=paid.id)


def _paid_out(work: UnitOfWork, payout: Subject) -> None:
    request = payout.metadata.get("cashout_request_id", "")
    if request.isdecimal():
        CashoutRequestService(work).complete(int(request))


def _payout_failed(work: UnitOfWork, payout: Subject) -> None:
    request = payout.metadata.get("cashout_request_id", "")
    if request.isdecimal():
        CashoutRequestService(work).fail(int(request), payout.failure_message or "The payout failed.")


def _invoice(work: UnitOfWork, intent: Subject, status: InvoiceStatus) -> Invoice | None:
    return InvoiceRepository(work.session).settle(intent.id, status)


HANDLERS: Mapping[str, Callable[[UnitOfWork, Subject], None]] = {
    "payment_intent.succeeded": _paid,
    "payment_intent.payment_failed": _failed,
    "payment_intent.canceled": _given_up,
    "payment_intent.processing": _under_way,
    "invoice.paid": _renewed,
    "payout.paid": _paid_out,
    "payout.failed": _payout_failed,
}
