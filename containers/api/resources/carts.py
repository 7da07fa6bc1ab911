"""Carts: everybody's current one, what is put into it and taken out, and the coupon that is used for it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, url_for
from pydantic import Field

from containers.api import caching
from containers.api.callers import Reach, act, door, signed_in
from containers.api.queries import Paging
from containers.api.resources.resource import Resource, created, routes, shown
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.carts import Cart, CartService, CartStatus
from vectoricons.carts.cart_items import CartItemService
from vectoricons.common.errors import NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products.offers import OfferType
from vectoricons.users import User
from vectoricons.utils import Input, InvalidInput, Word

CURRENT = "/current"
LINE = f"{CURRENT}/items/<entity_type>/<entity_id>"


class CartQuery(Paging):
    """A list of carts."""

    status: CartStatus | None = Field(None, description='It is "active" or "ordered".')


class CartItemQuery(Paging):
    """A list of lines of carts."""

    cart_id: int | None = Field(None, description="It is the id of a cart.")


class NewCartItem(Input):
    """Something on sale."""

    entity_type: OfferType = Field(
        description='It is "icon", "illustration", "set", "family", "credit" or "subscription".'
    )
    entity_id: Word = Field(
        description='It is the id of the thing, or of the plan; of credits how many, such as "50".'
    )


class Coupon(Input):
    """A coupon."""

    code: Word = Field(description="It is the coupon's code, in any case.")


CARTS = Resource(
    name="carts",
    service=CartService,
    wire=Wire.of(CartService, relations=("cart_items",)),
    scopes=(Scope.ORDERS_READ, Scope.ORDERS_WRITE),
    filters=CartQuery,
)
CART_ITEMS = Resource(
    name="cart-items",
    service=CartItemService,
    wire=Wire.of(CartItemService),
    readers=Reach.ADMIN,
    filters=CartItemQuery,
)
blueprint = routes(CARTS)


@blueprint.get(CURRENT)
@door(Reach.ACCOUNT, Scope.ORDERS_READ)
@blueprint.output(CARTS.wire.model)
def current() -> Response:
    """Your cart at the prices of now. What is not on sale any more is not active and costs nothing."""
    buyer = _buyer(to_write=False)
    return caching.private(_cart(buyer, lambda carts: carts.get_current(buyer.id)))


@blueprint.post(f"{CURRENT}/items")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.input(NewCartItem)
@blueprint.output(CARTS.wire.model, status_code=201)
def add(json_data: NewCartItem) -> Response:
    """Put something into your cart, once: what is in it stays as it is. The answer is the cart."""
    buyer = _buyer()

    def added(carts: CartService) -> Cart:
        return carts.add(buyer.id, *offer(carts.work, json_data.entity_type, json_data.entity_id))

    return created(_cart(buyer, added), url_for("carts.current"))


@blueprint.delete(LINE)
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.output({}, status_code=204)
def remove(entity_type: str, entity_id: str) -> Response:
    """Take something out of your cart."""
    buyer = _buyer()

    def removed(carts: CartService) -> Cart:
        try:
            found = offer(carts.work, OfferType.of(entity_type), entity_id)
        except InvalidInput:
            raise NotFound(f"There is no {entity_type} with this id.") from None
        return carts.remove(buyer.id, *found)

    return _emptied(buyer, removed)


@blueprint.delete(f"{CURRENT}/items")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.output({}, status_code=204)
def clear() -> Response:
    """Take everything out of your cart, the coupon too."""
    buyer = _buyer()
    return _emptied(buyer, lambda carts: carts.clear(buyer.id))


@blueprint.put(f"{CURRENT}/coupon")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.input(Coupon)
@blueprint.output(CARTS.wire.model)
def apply_coupon(json_data: Coupon) -> Response:
    """Use a coupon for your cart instead of the one before. The answer is the cart."""
    buyer = _buyer()
    return caching.private(_cart(buyer, lambda carts: carts.apply_coupon(buyer.id, json_data.code)))


@blueprint.delete(f"{CURRENT}/coupon")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.output({}, status_code=204)
def remove_coupon() -> Response:
    """Use no coupon for your cart."""
    buyer = _buyer()
    return _emptied(buyer, lambda carts: carts.remove_coupon(buyer.id))


def _buyer(*, to_write: bool = True) -> User:
    return signed_in(Reach.ACCOUNT, Scope.ORDERS_WRITE if to_write else Scope.ORDERS_READ)


def _cart(buyer: User, change: Callable[[CartService], Cart]) -> bytes:
    return act(lambda work: shown(CARTS, work.session, change(CartService(work))))


def _emptied(buyer: User, change: Callable[[CartService], Cart]) -> Response:
    _cart(buyer, change)
    return Response(status=204)


def offer(work: UnitOfWork, kind: OfferType, public_id: str) -> tuple[OfferType, int]:
    """What a thing on sale is called inside. Raises InvalidInput, which names the field."""
    found = CART_ITEMS.wire.inward(work.session, {"entity_type": kind, "entity_id": public_id})
    return kind, int(found["entity_id"])
