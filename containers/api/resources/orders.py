"""Orders: what is in the cart is bought, paid for, given up or given back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from flask import Response, url_for
from pydantic import Field

from containers.api import caching, idempotency
from containers.api.callers import Reach, act, door, person
from containers.api.idempotency import Key
from containers.api.operations import conditional
from containers.api.queries import Paging
from containers.api.resources.resource import Resource, routes, shown
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.common.idempotency import Answer
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.orders import OrderService, OrderStatus
from vectoricons.orders.checkout import Checkout
from vectoricons.orders.order_items import OrderItemService
from vectoricons.utils import Dollars, Input


class OrderQuery(Paging):
    """A list of orders."""

    status: OrderStatus | None = Field(
        None,
        description='It is "pending", "processing", "completed", "failed", "cancelled" or "refunded".',
    )


class OrderItemQuery(Paging):
    """A list of lines of orders."""

    order_id: str | None = Field(None, description="It is the id of an order.")


class NewOrder(Input):
    """That what is in your cart is bought."""

    total: Dollars = Field(description='It is what your cart costs, as it says: such as "9.00".')
    pay_with: Literal["card", "credits"] = Field(
        "card", description='It is "card", which is charged by a payment of the order, or "credits".'
    )


class OrderPatch(Input):
    """What a buyer may make of an order that is not paid."""

    status: Literal["cancelled", "pending"] = Field(
        description='It is "cancelled" to give it up, or "pending" to try again to pay for one that failed.'
    )


ORDERS = Resource(
    name="orders",
    service=OrderService,
    wire=Wire.of(OrderService, relations=("order_items",), kept=("idempotency_key",)),
    scopes=(Scope.ORDERS_READ, Scope.ORDERS_WRITE),
    filters=OrderQuery,
)
ORDER_ITEMS = Resource(
    name="order-items",
    service=OrderItemService,
    wire=Wire.of(OrderItemService),
    readers=Reach.ADMIN,
    filters=OrderItemQuery,
)
blueprint = routes(ORDERS)


@blueprint.post("")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.input(Key, location="headers")
@blueprint.input(NewOrder)
@blueprint.output(ORDERS.wire.model, status_code=201)
def create(headers_data: Key, json_data: NewOrder) -> Response:
    """Buy what is in your cart, at the total it showed you. What it costs by card is then to be paid."""
    buyer = person()

    def placed(work: UnitOfWork) -> Answer:
        checkout = Checkout(work)
        buy = checkout.buy_with_credits if json_data.pay_with == "credits" else checkout.place
        order = buy(buyer.id, key=headers_data.idempotency_key, total=json_data.total)
        location = url_for("orders.read", key=order.unique_id)
        return Answer(shown(ORDERS, work.session, order).decode(), HTTPStatus.CREATED, location)

    return idempotency.once(headers_data.of(buyer), placed)


@blueprint.patch(ORDERS.path)
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@conditional
@blueprint.input(OrderPatch)
@blueprint.output(ORDERS.wire.model)
def update(key: str, json_data: OrderPatch) -> Response:
    """Give an order up before it is paid, or try again to pay it. Send If-Match to be sure of what."""

    def moved(work: UnitOfWork) -> bytes:
        order, orders = ORDERS.find_as_seen(work, key), OrderService(work)
        move = orders.cancel if json_data.status == "cancelled" else orders.retry
        move(order.id)
        return shown(ORDERS, work.session, ORDERS.find(work, key))

    return caching.private(act(moved))
