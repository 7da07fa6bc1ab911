"""Payments by card: begun here, confirmed by the buyer's browser, and told of by Stripe's webhook."""

from __future__ import annotations

from http import HTTPStatus

from apiflask import APIBlueprint
from flask import Response, request, url_for
from pydantic import Field

from containers.api import caching, idempotency
from containers.api.callers import Reach, act, door, person
from containers.api.idempotency import Key
from containers.api.outputs import Output
from containers.api.ratelimit import limiter
from containers.api.resources.orders import ORDERS
from containers.api.resources.resource import shown
from containers.api.wiring import wired
from vectoricons.auth.api_keys import Scope
from vectoricons.common.actor import Actor
from vectoricons.common.idempotency import Answer, claim
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.transactions.refunds import Refunds
from vectoricons.utils import Input

SIGNATURE = "Stripe-Signature"


class NewRefund(Input):
    """Which lines of an order are given back."""

    order_item_ids: list[int] | None = Field(
        None, min_length=1, max_length=1000, description="It is the ids of lines of the order; none is all."
    )


class Payment(Output):
    """A payment, for the buyer's browser to confirm with Stripe: the secret is for that alone."""

    id: str
    client_secret: str


blueprint = APIBlueprint("payments", __name__, url_prefix="/api/v1", tag="Payments")


@blueprint.post("/orders/<string:key>/payments")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.input(Key, location="headers")
@blueprint.output(Payment, status_code=201)
def pay(key: str, headers_data: Key) -> Response:
    """Begin to pay an order of yours by card. Begun again, it is the same until it is paid or fails."""
    buyer = person()

    def claimed(work: UnitOfWork) -> int:
        order = ORDERS.find(work, key)
        claim(work, headers_data.of(buyer))  # the secret is kept nowhere: Stripe is asked for it again
        return int(order.id)

    intent = wired().payments.begin(Actor.of(buyer), act(claimed))
    response = caching.unkept(Payment(id=intent.id, client_secret=intent.client_secret), HTTPStatus.CREATED)
    response.headers["Location"] = url_for("orders.read", key=key)
    return response


@blueprint.post("/orders/<string:key>/refunds")
@door(Reach.ADMIN)
@blueprint.input(Key, location="headers")
@blueprint.input(NewRefund)
@blueprint.output(ORDERS.wire.model, status_code=201)
def refund(key: str, headers_data: Key, json_data: NewRefund) -> Response:
    """Give lines of an order back, those that were not given back before. The money goes back to its card."""
    admin = person()

    def refunded(work: UnitOfWork) -> Answer:
        Refunds(work).refund(ORDERS.find(work, key).id, json_data.order_item_ids)
        body = shown(ORDERS, work.session, ORDERS.find(work, key)).decode()
        return Answer(body, HTTPStatus.CREATED, url_for("orders.read", key=key))

    return idempotency.once(headers_data.of(admin), refunded)


@blueprint.post("/webhooks/stripe")
@door(Reach.EVERYBODY)
@limiter.exempt  # a night of renewals comes from a handful of Stripe's addresses
@blueprint.output({}, status_code=204)
def hear() -> Response:
    """What Stripe tells us of payments. It is believed by its signature, and happens once."""
    wired().webhooks.receive(request.get_data(), request.headers.get(SIGNATURE, ""))
    return Response(status=HTTPStatus.NO_CONTENT)
