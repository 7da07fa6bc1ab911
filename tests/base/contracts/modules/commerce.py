"""What is bought."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.base.contracts.modules.module import Module
from tests.base.world import World, word
from vectoricons.carts import CartRepository, CartService
from vectoricons.carts.cart_items import CartItemService
from vectoricons.coupon_codes import CouponCodeRepository, CouponCodeService
from vectoricons.coupon_codes.coupon_codes_to_orders import CouponCodeToOrderService
from vectoricons.coupon_codes.discounts import DiscountService
from vectoricons.downloads import DownloadService
from vectoricons.favorites import FavoriteService
from vectoricons.orders import OrderRepository, OrderService
from vectoricons.orders.order_items import OrderItemService
from vectoricons.products.subscriptions.subscription_plans import SubscriptionPlanService


def cart(world: World) -> dict[str, Any]:
    return {"user_id": world.user().id}


def cart_item(world: World) -> dict[str, Any]:
    of = CartRepository(world.work.session).create(cart(world))
    return {"cart_id": of.id, "entity_type": "icon", "entity_id": 1, "price": Decimal("2.00")}


def coupon(_world: World) -> dict[str, Any]:
    return {"code": word("TEN").upper(), "type": "fixed", "amount": Decimal("10.00")}


def discount(world: World) -> dict[str, Any]:
    return {
        "entity_type": "cart",
        "entity_id": 1,
        "coupon_code_id": CouponCodeRepository(world.work.session).create(coupon(world)).id,
        "original_price": Decimal("12.00"),
        "discounted_price": Decimal("2.00"),
        "discount_amount": Decimal("10.00"),
        "discount_type": "fixed",
    }


def download(world: World) -> dict[str, Any]:
    return {
        "user_id": world.user().id,
        "entity_type": "icon",
        "entity_id": 1,
        "entity_unique_id": "0123456789ab",
        "format": "svg",
        "object_key": word("svg/arrow"),
        "granted_by": "free",
    }


def order(world: World) -> dict[str, Any]:
    bought = CartRepository(world.work.session).create(cart(world))
    return {
        "user_id": bought.user_id,
        "cart_id": bought.id,
        "idempotency_key": word("key"),
        "total_amount": Decimal("12.00"),
        "discounted_total": Decimal("2.00"),
    }


def order_item(world: World) -> dict[str, Any]:
    of = OrderRepository(world.work.session).create(order(world))
    return {
        "order_id": of.id,
        "entity_type": "icon",
        "entity_id": 1,
        "name": "Arrow",
        "amount": Decimal("2.00"),
        "discounted_amount": Decimal("1.00"),
    }


def plan(_world: World) -> dict[str, Any]:
    return {
        "title": word("Pro"),
        "billing_period": "monthly",
        "price": Decimal("10.00"),
        "monthly_downloads": 4,
        "stripe_price_id": word("price"),
    }


def redemption(world: World) -> dict[str, Any]:
    of = OrderRepository(world.work.session).create(order(world))
    used = CouponCodeRepository(world.work.session).create(coupon(world))
    return {"order_id": of.id, "user_id": of.user_id, "coupon_code_id": used.id}


MODULES: tuple[Module, ...] = (
    Module(CartItemService, cart_item, {"price": Decimal("3.00")}),
    Module(CartService, cart, {"subtotal": Decimal("5.00"), "total": Decimal("5.00")}),
    Module(CouponCodeService, coupon, {"max_uses": 3}),
    Module(CouponCodeToOrderService, redemption, {"status": "redeemed"}),
    Module(DiscountService, discount, {"discount_type": "percentage"}),
    Module(DownloadService, download, {"ip": "192.0.2.1"}),
    Module(
        FavoriteService,
        lambda world: {"user_id": world.user().id, "entity_type": "icon", "entity_id": 1},
        {"entity_id": 2},
    ),
    Module(OrderItemService, order_item, {"name": "other"}),
    Module(OrderService, order, {"status": "processing"}),
    Module(SubscriptionPlanService, plan, {"description": "other"}),
)
