"""What is bought is its buyer's to see and theirs to buy; the rest of it administrators look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.api.access.doors import Door, World, accounts, admins, the_customer
from tests.api.factories import SYSTEM
from vectoricons.carts import Cart, CartService
from vectoricons.coupon_codes import CouponCodeRepository
from vectoricons.orders import Order
from vectoricons.orders.checkout import Checkout
from vectoricons.products.items import Item

BUYERS = ("customer", "other customer", "contributor", "other contributor", "admin")
PRICE = "2.00"


def on_sale(world: World) -> Item:
    """An icon of two dollars."""
    return world.shelf.item(world.shelf.set(world.shelf.family(by="seller")), price=2)


def filled(world: World, visitor: str, item: Item) -> Cart:
    """The visitor's cart, with one icon in it."""
    buyer = world.user(visitor)
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        carts = CartService(work)
        carts.clear(buyer.id)
        return carts.add(buyer.id, "icon", item.id)


def everybodys_cart(world: World) -> Mapping[str, Any]:
    item = on_sale(world)
    for visitor in BUYERS:
        filled(world, visitor, item)
    return {"entity_type": "icon", "entity_id": item.unique_id}


def a_cart(world: World) -> Mapping[str, Any]:
    return {"key": filled(world, "customer", on_sale(world)).id}


def a_cart_item(world: World) -> Mapping[str, Any]:
    return {"key": filled(world, "customer", on_sale(world)).cart_items[0].id}


def a_new_line(world: World) -> dict[str, Any]:
    return {"entityType": "icon", "entityId": on_sale(world).unique_id}


def a_coupon(world: World) -> dict[str, Any]:
    everybodys_cart(world)
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        code = f"OFF-{uuid4().hex}".upper()
        CouponCodeRepository(work.session).create({"code": code, "type": "fixed", "amount": 1})
    return {"code": code}


def ordered(world: World) -> Order:
    """An order of the customer's that is not paid."""
    cart = filled(world, "customer", on_sale(world))
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return Checkout(work).place(cart.user_id, key=str(uuid4()), total=cart.total)


def an_order(world: World) -> Mapping[str, Any]:
    return {"key": ordered(world).unique_id}


def an_order_item(world: World) -> Mapping[str, Any]:
    return {"key": ordered(world).order_items[0].id}


def what_the_cart_costs(world: World) -> dict[str, Any]:
    everybodys_cart(world)
    return {"total": PRICE}


def doors() -> dict[str, Door]:
    """The table."""
    current = "/api/v1/carts/current"
    return {
        "GET /api/v1/carts": Door(accounts(200)),
        "GET /api/v1/carts/<int:key>": Door(the_customer(200), a_cart),
        f"GET {current}": Door(accounts(200), everybodys_cart),
        f"POST {current}/items": Door(accounts(201), body=a_new_line),
        f"DELETE {current}/items": Door(accounts(204)),
        f"DELETE {current}/items/<entity_type>/<entity_id>": Door(accounts(204), everybodys_cart),
        f"PUT {current}/coupon": Door(accounts(200), body=a_coupon),
        f"DELETE {current}/coupon": Door(accounts(204)),
        "GET /api/v1/cart-items": Door(admins(200)),
        "GET /api/v1/cart-items/<int:key>": Door(admins(200), a_cart_item),
        "GET /api/v1/orders": Door(accounts(200)),
        "POST /api/v1/orders": Door(accounts(201), body=what_the_cart_costs),
        "GET /api/v1/orders/<string:key>": Door(the_customer(200), an_order),
        "PATCH /api/v1/orders/<string:key>": Door(
            the_customer(200), an_order, lambda _world: {"status": "cancelled"}
        ),
        "GET /api/v1/order-items": Door(admins(200)),
        "GET /api/v1/order-items/<int:key>": Door(admins(200), an_order_item),
    }
