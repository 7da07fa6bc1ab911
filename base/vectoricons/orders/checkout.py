"""Checkout: a cart becomes an order, in one transaction, once, at the price the buyer was shown."""

from __future__ import annotations

from decimal import Decimal

from vectoricons.carts import CartRepository, CartStatus, reprice
from vectoricons.carts.pricing import Priced
from vectoricons.common.errors import Conflict, Invalid
from vectoricons.common.idempotency import KEY
from vectoricons.common.operation import Write
from vectoricons.coupon_codes import CouponCodeService
from vectoricons.coupon_codes.results import CouponRefused
from vectoricons.coupon_codes.validators import Basket
from vectoricons.orders import Order, OrderService, OrderStatus
from vectoricons.orders.order_items import OrderItemRepository
from vectoricons.transactions.settlement import Settlement


class PriceChanged(Conflict):
    """The cart costs something else than what the buyer agreed to; ``total`` is what it costs now."""

    code = "price-changed"
    title = "The price changed"


class Checkout(OrderService):
    """Orders, and the way to a new one. Locks are taken in one order: cart, coupon, and then accounts."""

    def place(self, user_id: int, *, key: str, total: Decimal) -> Order:
        """The order of what is in the user's cart, which costs *total*; the same *key* is the same order.

        It is pending until it is paid; what costs nothing is complete. Raises Invalid for a key that is none,
        PriceChanged, CouponRefused when the cart's coupon no longer holds, Conflict for an empty cart.
        """
        if not KEY.fullmatch(key):
            raise Invalid("An idempotency key has 8 to 64 printable characters, such as a UUID.")
        operation = Write(name="place", items=({"user_id": user_id},))
        return self._perform(operation, lambda: self._once(user_id, key, total))

    def buy_with_credits(self, user_id: int, *, key: str, total: Decimal) -> Order:
        """As :meth:`place`, and paid with the buyer's prepaid credits: both, or neither.

        Raises NotEnoughCredits, and Conflict for what credits do not buy.
        """
        order = self.place(user_id, key=key, total=total)
        Settlement(self.work).pay_with_credits(order.id)
        return self._there(self._placed(user_id, key))

    def _once(self, user_id: int, key: str, total: Decimal) -> Order:
        placed = self._placed(user_id, key)
        if placed is not None:
            return placed
        cart = CartRepository(self.work.session).locked(user_id)
        if cart is None:  # ordered meanwhile, perhaps by the same request sent twice
            placed = self._placed(user_id, key)
            if placed is None:
                raise Conflict("Your cart is empty.")
            return placed
        _, priced = reprice(self.work, cart)
        self._require_agreed(priced, total)
        order = self._written(user_id, cart.id, key, priced)
        if order.discounted_total:
            return order
        Settlement(self.work).settle(order.id)
        return self._there(self._placed(user_id, key))

    def _placed(self, user_id: int, key: str) -> Order | None:
        return self.repository.find_one_with_relations({"user_id": user_id, "idempotency_key": key})

    def _require_agreed(self, priced: Priced, total: Decimal) -> None:
        if not priced.lines:
            raise Conflict("Nothing in your cart is on sale any more.")
        if priced.objection:
            raise CouponRefused(priced.objection)
        if priced.total != total:
            raise PriceChanged(
                f"Your cart costs ${priced.total} now, not ${total}. Look at it again.",
                total=str(priced.total),
            )

    def _written(self, user_id: int, cart_id: int, key: str, priced: Priced) -> Order:
        order = self.repository.create(
            {
                "user_id": user_id,
                "cart_id": cart_id,
                "idempotency_key": key,
                "total_amount": priced.subtotal,
                "discounted_total": priced.total,
                "status": OrderStatus.PENDING,
            }
        )
        items = OrderItemRepository(self.work.session).create_many(
            {
                "order_id": order.id,
                "entity_type": line.offer.entity_type,
                "entity_id": line.offer.entity_id,
                "cart_item_id": line.item.id,
                "seller_id": line.offer.seller_id,
                "name": line.offer.name,
                "amount": line.offer.price,
                "discounted_amount": line.to_pay,
            }
            for line in priced.lines
        )
        if priced.coupon:
            basket = Basket(id=order.id, user_id=user_id, lines=[line.offer for line in priced.lines])
            CouponCodeService(self.work).redeem(priced.coupon, basket)
        CartRepository(self.work.session).update(cart_id, {"status": CartStatus.ORDERED})
        return order.model_copy(update={"order_items": tuple(items)})
