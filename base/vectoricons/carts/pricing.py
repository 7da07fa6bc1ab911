"""Pricing: what a cart costs now, worked out from what is on sale now. Nothing a caller says is a price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from vectoricons.carts.cart_items import CartItem, CartItemRepository
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.coupon_codes import CouponCode, CouponCodeRepository, CouponCodeService
from vectoricons.coupon_codes.discounts import Discounted, DiscountRepository
from vectoricons.coupon_codes.results import Result
from vectoricons.coupon_codes.validators import Basket, allocate, covered, discount
from vectoricons.products.offers import Offer, on_sale

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with the offer behind it and its part of the discount."""

    item: CartItem
    offer: Offer
    discount: Decimal

    @property
    def to_pay(self) -> Decimal:
        """What is left of the price."""
        return self.offer.price - self.discount


@dataclass(frozen=True, slots=True)
class Priced:
    """What a cart costs, line by line. ``items`` are all of its lines, also those not on sale any more.

    ``coupon`` is the one that holds for it; ``objection`` says why the one it has does not.
    """

    items: tuple[CartItem, ...]
    lines: tuple[PricedLine, ...]
    coupon: CouponCode | None = None
    objection: Result | None = None

    @property
    def subtotal(self) -> Decimal:
        """The sum of the prices."""
        return sum((line.offer.price for line in self.lines), NOTHING)

    @property
    def discount(self) -> Decimal:
        """The sum of the discounts."""
        return sum((line.discount for line in self.lines), NOTHING)

    @property
    def total(self) -> Decimal:
        """What is to pay."""
        return self.subtotal - self.discount


class Pricing:
    """Works a cart out anew and writes down what it found: prices of lines, and discount rows."""

    def __init__(self, work: UnitOfWork) -> None:
        self._items = CartItemRepository(work.session)
        self._coupons = CouponCodeRepository(work.session)
        self._discounts = DiscountRepository(work.session)
        self._rules = CouponCodeService(work)
        self._session = work.session

    def price(self, cart_id: int, user_id: int, coupon_code_id: int | None) -> Priced:
        """The cart at the prices of now, with the coupon if it holds. The caller keeps the cart locked."""
        items = self._items.find_all({"cart_id": cart_id})
        offers = on_sale(self._session, [item.key for item in items])
        items = [self._at_price_of(offers.get(item.key), item) for item in items]
        sold = [(item, offers[item.key]) for item in items if item.key in offers]
        basket = Basket(id=cart_id, user_id=user_id, lines=[offer for _, offer in sold])
        given = self._coupons.find_by_id(coupon_code_id) if coupon_code_id else None
        objection = self._rules.objection(given, basket) if given else None
        coupon = None if objection else given
        discounts = apportion(coupon, basket.lines) if coupon else [NOTHING for _ in sold]
        lines = [PricedLine(item, offer, off) for (item, offer), off in zip(sold, discounts, strict=True)]
        priced = Priced(tuple(items), tuple(lines), coupon, objection)
        self._write_discounts(cart_id, priced)
        return priced

    def _at_price_of(self, offer: Offer | None, item: CartItem) -> CartItem:
        price = offer.price if offer else item.price
        if (item.price, item.is_active) == (price, offer is not None):
            return item
        changed = self._items.update(item.id, {"price": price, "is_active": offer is not None})
        return changed or item

    def _write_discounts(self, cart_id: int, priced: Priced) -> None:
        self._discounts.remove(Discounted.CART, cart_id)
        if priced.coupon is None:
            return
        whole = self._discounts.create(
            _discounted(Discounted.CART, cart_id, priced.coupon, priced.subtotal, priced.discount)
        )
        self._discounts.create_many(
            {
                **_discounted(
                    Discounted.CART_ITEM, line.item.id, priced.coupon, line.offer.price, line.discount
                ),
                "parent_id": whole.id,
            }
            for line in priced.lines
            if line.discount
        )


def apportion(coupon: CouponCode, lines: Sequence[Offer]) -> list[Decimal]:
    """What the coupon takes off each line; nothing off those it is not for."""
    cheaper = covered(coupon, lines)
    base = [line.price if line in cheaper else NOTHING for line in lines]
    return allocate(discount(coupon, sum(base, NOTHING)), base)


def _discounted(
    kind: Discounted, entity_id: int, coupon: CouponCode, price: Decimal, off: Decimal
) -> dict[str, Any]:
    return {
        "entity_type": kind,
        "entity_id": entity_id,
        "coupon_code_id": coupon.id,
        "original_price": price,
        "discounted_price": price - off,
        "discount_amount": off,
        "discount_type": coupon.type,
    }
