"""Carts: what somebody is about to buy. The server prices them, anew at every change and every look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Numeric, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.carts.cart_items import CartItem, CartItemRepository, CartItemRow
from vectoricons.carts.pricing import Priced, Pricing
from vectoricons.common.access_control import Resource, nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.errors import Conflict, NotFound
from vectoricons.common.mixins.service import WRITES, AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of, related
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.coupon_codes import CouponCode, CouponCodeService
from vectoricons.coupon_codes.discounts import Discounted, DiscountRepository
from vectoricons.coupon_codes.validators import Basket
from vectoricons.products.offers import Offer, OfferKey, OfferType, on_sale
from vectoricons.products.purchased_items import owned

_by_kind = attrgetter("entity_type")

MONEY = Numeric(10, 2)
LIFE = timedelta(days=7)


class CartStatus(StrEnum):
    """``active`` until it becomes an order, ``ordered`` after."""

    ACTIVE = "active"
    ORDERED = "ordered"


class CartRow(Row, HasTimestamps):
    """``coupon_code_id`` is the coupon the buyer put in; what it takes off, if it holds, discounts say."""

    __tablename__ = "carts"
    __table_args__ = (
        one_of("status", CartStatus),
        CheckConstraint(
            "subtotal >= 0 and tax >= 0 and discount >= 0 and total >= 0"
            " and total = subtotal + tax - discount",
            name="total",
        ),
        Index("uq_carts_user_id", "user_id", unique=True, postgresql_where=text("status = 'active'")),
        Index("ix_carts_user_id", "user_id", "id"),
        Index("ix_carts_updated_at", "updated_at", postgresql_where=text("status = 'active'")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    coupon_code_id: Mapped[int | None] = mapped_column(ForeignKey("coupon_codes.id"), index=True)
    subtotal: Mapped[Decimal] = mapped_column(MONEY, server_default=text("0"))
    tax: Mapped[Decimal] = mapped_column(MONEY, server_default=text("0"))
    discount: Mapped[Decimal] = mapped_column(MONEY, server_default=text("0"))
    total: Mapped[Decimal] = mapped_column(MONEY, server_default=text("0"))
    status: Mapped[str] = mapped_column(String(16), server_default=CartStatus.ACTIVE)

    cart_items: Mapped[list[CartItemRow]] = related(order_by=CartItemRow.id)


class Cart(Timestamped):
    """A cart and what it costs."""

    id: int
    user_id: int
    coupon_code_id: int | None
    subtotal: Money
    tax: Money
    discount: Money
    total: Money
    status: CartStatus
    cart_items: tuple[CartItem, ...] = ()


class CartRepository(Repository[CartRow, Cart]):
    """Carts."""

    graphs: ClassVar = {"default": ("cart_items",)}
    unique_key = ("user_id",)

    def active(self, user_id: int) -> Cart:
        """The user's one active cart, made if there is none, locked until the transaction ends."""
        return self.upsert({"user_id": user_id})

    def locked(self, user_id: int) -> Cart | None:
        """The user's active cart, locked until the transaction ends, or None."""
        of_user = self.query({"user_id": user_id, "status": CartStatus.ACTIVE})
        return self._first(of_user.with_for_update())

    def free(self, where: ColumnElement[bool], limit: int) -> list[Cart]:
        """Some that fit and nobody else is at, held until the transaction ends."""
        return self._entities(self.query(where).limit(limit).with_for_update(skip_locked=True))


class CartService(Observable[Cart], Pluggable[Cart], AccessControlled[Cart]):
    """Carts: everybody has one of their own, and says what is in it; never what it costs."""

    repository: CartRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys((*WRITES, "expire"), nobody)

    def get_current(self, user_id: int) -> Cart:
        """The user's active cart with its lines, at the prices of now. Raises NotFound when there is none."""
        self.access.enforce(self.work.actor, "read", Resource(self.kind, user_id))
        return self._read("get_current", lambda: self._fresh(self._there(self.repository.locked(user_id))))

    def add(self, user_id: int, entity_type: str, entity_id: int) -> Cart:
        """Put something on sale into the cart; what is in it already stays once. Raises Invalid, NotFound."""
        return self.add_many(user_id, [(entity_type, entity_id)])

    def add_many(self, user_id: int, things: Iterable[tuple[str, int]]) -> Cart:
        """As :meth:`add`, all or nothing."""
        keys = list(dict.fromkeys((OfferType.of(kind), id) for kind, id in things))
        return self._changed("add", user_id, lambda cart: self._add(cart, keys))

    def remove(self, user_id: int, entity_type: str, entity_id: int) -> Cart:
        """Take a line out; one that is not there is no error."""
        pair = {"entity_type": OfferType.of(entity_type), "entity_id": entity_id}

        def without(cart: Cart) -> Cart:
            self._items.delete_where({"cart_id": cart.id, **pair})
            return cart

        return self._changed("remove", user_id, without)

    def clear(self, user_id: int) -> Cart:
        """Take everything out, the coupon too."""

        def emptied(cart: Cart) -> Cart:
            self._items.delete_where({"cart_id": cart.id})
            return _using(cart, None)

        return self._changed("clear", user_id, emptied)

    def apply_coupon(self, user_id: int, code: str | None) -> Cart:
        """Use a coupon for the cart instead of the one before. Raises CouponRefused."""

        def applied(cart: Cart) -> Cart:
            coupon = CouponCodeService(self.work).validate_for_cart(code, self._basket(cart))
            return _using(cart, coupon.id)

        return self._changed("apply-coupon", user_id, applied)

    def validate_coupon(self, user_id: int, code: str | None) -> CouponCode:
        """The coupon, if it holds for the user's cart and is not used there yet. Raises CouponRefused."""
        self.access.enforce(self.work.actor, "read", Resource(self.kind, user_id))
        cart = self.repository.find_one({"user_id": user_id, "status": CartStatus.ACTIVE})
        return CouponCodeService(self.work).validate_for_cart(code, self._basket(cart) if cart else None)

    def remove_coupon(self, user_id: int) -> Cart:
        """Use no coupon for the cart."""
        return self._changed("remove-coupon", user_id, lambda cart: _using(cart, None))

    def expire(self, limit: int = 100) -> int:
        """Remove carts that nobody looked at for a week, *limit* at a time; returns how many.

        Where there is none, nothing happened: no event tells of it.
        """
        row = self.repository.row
        old = (row.status == CartStatus.ACTIVE) & (row.updated_at < func.statement_timestamp() - LIFE)
        if not self.repository.exists(old):
            return 0
        return self._perform(Write(name="expire"), lambda: self._expired(old, limit))

    def _expired(self, old: ColumnElement[bool], limit: int) -> int:
        discounts, over = DiscountRepository(self.work.session), self.repository.free(old, limit)
        for cart in over:
            discounts.remove(Discounted.CART, cart.id)
        return self.repository.delete_where({"id": [cart.id for cart in over]})

    def _changed(self, name: str, user_id: int, change: Callable[[Cart], Cart]) -> Cart:
        """The cart at its prices once *change* has said what it shall be."""

        def body() -> Cart:
            return self._fresh(change(self.repository.active(user_id)))

        return self._perform(Write(name=name, items=({"user_id": user_id},)), body)

    def _fresh(self, cart: Cart) -> Cart:
        fresh, _ = reprice(self.work, cart)
        return fresh

    def _add(self, cart: Cart, keys: list[OfferKey]) -> Cart:
        offers = on_sale(self.work.session, keys)
        if missing := [key for key in keys if key not in offers]:
            raise NotFound(f"This {missing[0][0]} is not on sale.")
        self._refuse_owned(cart.user_id, offers.values())
        self._items.upsert_many(
            {"cart_id": cart.id, "entity_type": kind, "entity_id": id, "price": offers[kind, id].price}
            for kind, id in keys
        )
        return cart

    def _refuse_owned(self, user_id: int, offers: Iterable[Offer]) -> None:
        for kind, of_kind in groupby(sorted(offers, key=_by_kind), key=_by_kind):
            names = {offer.unique_id: offer.name for offer in of_kind if offer.unique_id}
            if has := owned(self.work.session, user_id, kind, names):
                raise Conflict(f"You have {names[min(has)]} already: download it as often as you like.")

    def _basket(self, cart: Cart) -> Basket | None:
        lines = on_sale(self.work.session, [item.key for item in self._items.find_all({"cart_id": cart.id})])
        return Basket(id=cart.id, user_id=cart.user_id, lines=list(lines.values())) if lines else None

    @property
    def _items(self) -> CartItemRepository:
        return CartItemRepository(self.work.session)


def reprice(work: UnitOfWork, cart: Cart) -> tuple[Cart, Priced]:
    """The *cart*, which the caller keeps locked, with its lines at what they cost now; and how that comes."""
    priced = Pricing(work).price(cart.id, cart.user_id, cart.coupon_code_id)
    costs = {"subtotal": priced.subtotal, "discount": priced.discount, "total": priced.total}
    held = {"coupon_code_id": cart.coupon_code_id, **costs}
    written = CartRepository(work.session).update(cart.id, held) or cart
    return written.model_copy(update={"cart_items": priced.items}), priced


def _using(cart: Cart, coupon_code_id: int | None) -> Cart:
    return cart.model_copy(update={"coupon_code_id": coupon_code_id})
