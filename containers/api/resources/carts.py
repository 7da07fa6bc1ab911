"""Carts: everybody's current one, what is put into it and taken out, and the coupon that is used for it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, url_for
from pydantic import Field

from containers.api import caching
from containers.api.callers import Reach, act, door, person
from containers.api.queries import Paging
from containers.api.resources.resource import Resource, created, routes, shown
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.carts import Cart, CartService, CartStatus
from vectoricons.carts.cart_items import CartItemService
from vectoricons.common.errors import Invalid, NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products.offers import OfferType
from vectoricons.utils import Input, Word

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
    buyer = person()
    return caching.private(_cart(lambda carts: carts.get_current(buyer.id)))


@blueprint.post(f"{CURRENT}/items")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.input(NewCartItem)
@blueprint.output(CARTS.wire.model, status_code=201)
def add(json_data: NewCartItem) -> Response:
    """Put something into your cart, once: what is in it stays as it is. The answer is the cart."""
    buyer = person()

    def added(carts: CartService) -> Cart:
        return carts.add(buyer.id, *offer(carts.work, json_data.entity_type, json_data.entity_id))

    return created(_cart(added), url_for("carts.current"))


@blueprint.delete(LINE)
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.output({}, status_code=204)
def remove(entity_type: str, entity_id: str) -> Response:
    """Take something out of your cart."""
    buyer = person()

    def removed(carts: CartService) -> Cart:
        try:
            found = offer(carts.work, OfferType.of(entity_type), entity_id)
        except Invalid:
            raise NotFound(f"There is no {entity_type} with this id.") from None
        return carts.remove(buyer.id, *found)

    return _emptied(removed)


@blueprint.delete(f"{CURRENT}/items")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.output({}, status_code=204)
def clear() -> Response:
    """Take everything out of your cart, the coupon too."""
    buyer = person()
    return _emptied(lambda carts: carts.clear(buyer.id))


@blueprint.put(f"{CURRENT}/coupon")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.input(Coupon)
@blueprint.output(CARTS.wire.model)
def apply_coupon(json_data: Coupon) -> Response:
    """Use a coupon for your cart instead of the one before. The answer is the cart."""
    buyer = person()
    return caching.private(_cart(lambda carts: carts.apply_coupon(buyer.id, json_data.code)))


@blueprint.delete(f"{CURRENT}/coupon")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.output({}, status_code=204)
def remove_coupon() -> Response:
    """Use no coupon for your cart."""
    buyer = person()
    return _emptied(lambda carts: carts.remove_coupon(buyer.id))


def _cart(change: Callable[[CartService], Cart]) -> bytes:
    return act(lambda work: shown(CARTS, work.session, change(CartService(work))))


def _emptied(change: Callable[[CartService], Cart]) -> Response:
    _cart(change)
    return Response(status=204)


def offer(work: UnitOfWork, kind: OfferType, public_id: str) -> tuple[OfferType, int]:
    """What a thing on sale is called inside. Raises InvalidInput, which names the field."""
    found = CART_ITEMS.wire.inward(work.session, {"entity_type": kind, "entity_id": public_id})
    return kind, int(found["entity_id"])
