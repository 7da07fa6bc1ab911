"""A shop with something on its shelves, for the tests of what is bought."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.base.world import World, word
from vectoricons.carts import Cart, CartService
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.coupon_codes import CouponCode, CouponCodeRepository
from vectoricons.orders import Order, OrderService
from vectoricons.orders.checkout import Checkout
from vectoricons.products.families import Family, FamilyRepository
from vectoricons.products.icons import Icon, IconRepository
from vectoricons.products.sets import Set, SetRepository
from vectoricons.products.subscriptions.subscription_plans import (
    SubscriptionPlan,
    SubscriptionPlanRepository,
)
from vectoricons.transactions.settlement import Settlement
from vectoricons.users import User

Sold = Icon | Set | Family | SubscriptionPlan


class Shop(World):
    """The world, with things on sale and people who buy them."""

    def icon(self, price: str | None = "2.00", **given: Any) -> Icon:
        """An icon of the contributor's, in the set."""
        where = {"user_id": self.contributor.id, "family_id": self.family.id, "set_id": self.set.id}
        return IconRepository(self.work.session).create(
            {
                "name": word("Arrow"),
                "price": price and Decimal(price),
                "svg_key": word("svg/arrow"),
                **where,
                **given,
            }
        )

    def priced_set(self, price: str = "20.00") -> Set:
        """The set, at a price."""
        found = SetRepository(self.work.session).update(self.set.id, {"price": Decimal(price)})
        assert found is not None
        return found

    def priced_family(self, price: str = "50.00") -> Family:
        """The family, at a price."""
        found = FamilyRepository(self.work.session).update(self.family.id, {"price": Decimal(price)})
        assert found is not None
        return found

    def plan(self, price: str = "10.00", **given: Any) -> SubscriptionPlan:
        """A monthly plan of four downloads."""
        return SubscriptionPlanRepository(self.work.session).create(
            {
                "title": word("Pro"),
                "billing_period": "monthly",
                "price": Decimal(price),
                "monthly_downloads": 4,
                "stripe_price_id": word("price"),
                **given,
            }
        )

    def coupon(self, amount: str = "10.00", **given: Any) -> CouponCode:
        """A coupon of so many dollars off everything, unless said otherwise."""
        return CouponCodeRepository(self.work.session).create(
            {"code": word("OFF").upper(), "type": "fixed", "amount": Decimal(amount), **given}
        )

    def buying(self, user: User) -> UnitOfWork:
        """The same transaction, as a customer."""
        return self.acting_as(user, Role.CUSTOMER)

    def fill(self, user: User, *things: Sold) -> Cart:
        """The user's cart with *things* in it."""
        keys = [(kind_of(thing), thing.id) for thing in things]
        return CartService(self.buying(user)).add_many(user.id, keys)

    def order(self, user: User, *things: Sold) -> Order:
        """A pending order of *things*."""
        cart = self.fill(user, *things)
        return Checkout(self.buying(user)).place(user.id, key=str(uuid4()), total=cart.total)

    def sell(self, user: User, *things: Sold) -> Order:
        """A completed order of *things*."""
        return OrderService(self.work).complete(self.order(user, *things).id)

    def pay(self, order: Order) -> Order:
        """The order, paid by card: with everything that follows in the ledger."""
        return Settlement(self.work).receive(order.id, charge=word("pi"), amount=order.discounted_total)


def kind_of(thing: Sold) -> str:
    """What *thing* is called in a cart."""
    return "subscription" if isinstance(thing, SubscriptionPlan) else thing.entity_name()
