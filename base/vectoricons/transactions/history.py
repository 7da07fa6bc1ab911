"""History: orders with their carts and all that was posted for them, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vectoricons.carts import Cart, CartRepository
from vectoricons.common.errors import Invalid
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.common.where import Where
from vectoricons.orders import Order, OrderService
from vectoricons.transactions import Transaction, TransactionRepository


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order, the cart it was made from, and its transactions with their items."""

    order: Order
    cart: Cart | None
    transactions: tuple[Transaction, ...]

    def to_json(self) -> dict[str, Any]:
        """``{"date", "cart", "order", "transactions"}``."""
        order = self.order.to_json()
        return {
            "date": order["createdAt"],
            "cart": self.cart.to_json() if self.cart else None,
            "order": order,
            "transactions": [one.to_json() for one in self.transactions],
        }


def history(
    work: UnitOfWork,
    *,
    transaction_id: int | None = None,
    order_id: int | None = None,
    cart_id: int | None = None,
) -> list[Purchase]:
    """What the one id given is part of, if it is the actor's to see. Raises Invalid for none or two."""
    if [transaction_id, order_id, cart_id].count(None) != 2:
        raise Invalid("Ask by one of transaction, order or cart.")
    if transaction_id is not None:
        posted = TransactionRepository(work.session).find_by_id(transaction_id)
        order_id = posted.order_id if posted else None
        if order_id is None:
            return []
    where: Where = {"id": order_id} if cart_id is None else {"cart_id": cart_id}
    orders = OrderService(work).get_with_relations(where)
    posted_for = TransactionRepository(work.session).with_relations({"order_id": [one.id for one in orders]})
    carts = CartRepository(work.session).with_relations(
        {"id": [one.cart_id for one in orders if one.cart_id]}
    )
    of_id = {cart.id: cart for cart in carts}
    return [
        Purchase(
            order,
            of_id.get(order.cart_id or 0),
            tuple(one for one in posted_for if one.order_id == order.id),
        )
        for order in sorted(orders, key=lambda one: (one.created_at, one.id), reverse=True)
    ]
