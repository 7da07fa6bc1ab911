"""Stripe: orders are paid by card, and refunds sent back to it. No transaction waits for Stripe.

Each call has an idempotency key that follows from what it is for, so a process that dies in the middle is
followed by one that does the same again, once.
"""

from __future__ import annotations

from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, NotFound
from vectoricons.orders import Order, OrderService, OrderStatus
from vectoricons.stripe.gateway import Intent, PaymentGateway, PaymentRefused
from vectoricons.stripe.invoices import InvoiceRepository, InvoiceStatus
from vectoricons.stripe.stripe_customers import StripeCustomerRepository
from vectoricons.transactions import cards
from vectoricons.users import UserRepository

logger = log.get(__name__)
PAYABLE = {OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.FAILED}


class Payments:
    """Payments by card."""

    def __init__(self, database: Database, gateway: PaymentGateway) -> None:
        self._database = database
        self._gateway = gateway

    def begin(self, actor: Actor, order_id: int) -> Intent:
        """The payment of the actor's order, for their browser to confirm. Asked again, it is the same.

        Raises NotFound for another's order, Conflict for one that is not to be paid, Unavailable.
        """
        order = self._payable(actor, order_id)
        customer, given_up = self._customer(order.user_id), self._given_up(order.id)
        intent = self._gateway.create_intent(
            order.discounted_total,
            customer=customer,
            metadata={"order": order.unique_id},
            key=f"order-{order.unique_id}-{given_up}",
        )
        invoice = {
            "user_id": order.user_id,
            "order_id": order.id,
            "stripe_id": intent.id,
            "amount": order.discounted_total,
        }
        with self._database.unit_of_work(Actor.system("payments")) as work:
            InvoiceRepository(work.session).upsert(invoice)
        return intent

    def send_refunds(self, limit: int = 100) -> int:
        """Send refunds that are due to their cards; how many. What fails is due again the next time.

        One that the processor refuses is logged for people to look at, and keeps back none that follow.
        Raises Unavailable while it does not answer.
        """
        system = Actor.system("payments")
        with self._database.unit_of_work(system) as work:
            due = cards.due(work, limit)
        sent = 0
        for refund in due:
            try:
                self._gateway.refund(refund.charge, refund.amount, key=f"refund-{refund.transaction_id}")
            except PaymentRefused as error:
                logger.error("refund refused", transaction_id=refund.transaction_id, detail=error.detail)
                continue
            with self._database.unit_of_work(system) as work:
                cards.mark_sent(work, refund)
            sent += 1
        return sent

    def _payable(self, actor: Actor, order_id: int) -> Order:
        with self._database.unit_of_work(actor) as work:
            order = OrderService(work).assert_exists(order_id)
        if order.status not in PAYABLE or not order.discounted_total:
            raise Conflict(f"Order {order.unique_id} is {order.status}: there is nothing to pay.")
        return order

    def _given_up(self, order_id: int) -> int:
        """How many payments of the order were given up: another one has another key."""
        with self._database.unit_of_work(Actor.system("payments")) as work:
            return InvoiceRepository(work.session).count({"order_id": order_id, "status": InvoiceStatus.VOID})

    def _customer(self, user_id: int) -> str:
        with self._database.unit_of_work(Actor.system("payments")) as work:
            known = StripeCustomerRepository(work.session).find_one({"user_id": user_id})
            user = UserRepository(work.session).find_by_id(user_id)
        if known:
            return known.stripe_customer_id
        if user is None:
            raise NotFound("User not found.")
        made = self._gateway.create_customer(
            name=user.display_name, email=user.email, key=f"customer-{user.uuid}"
        )
        with self._database.unit_of_work(Actor.system("payments")) as work:
            StripeCustomerRepository(work.session).upsert({"user_id": user_id, "stripe_customer_id": made})
        return made
