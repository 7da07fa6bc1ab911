"""What orders tell the world. Whoever tells people of it looks up who they are."""

from __future__ import annotations

from vectoricons.common.entity import Money
from vectoricons.common.event_bus.payload import Payload


class OrderConfirmed(Payload, name="order.confirmation"):
    """An order is paid: what was bought is the buyer's."""

    user_id: int
    order_id: int
    order_unique_id: str
    amount: Money


class CreditsPurchased(Payload, name="order.credits.purchase"):
    """A paid order had credits in it, so many together."""

    user_id: int
    order_id: int
    quantity: int
    amount: Money


class OrderRefunded(Payload, name="order.refund"):
    """Lines of an order were given back; *amount* is what was paid for them."""

    user_id: int
    order_id: int
    order_unique_id: str
    order_item_ids: tuple[int, ...]
    amount: Money


class OrderFailed(Payload, name="order.add.failed"):
    """An order could not be paid; the buyer may try again."""

    user_id: int
    order_id: int
    order_unique_id: str
    amount: Money
