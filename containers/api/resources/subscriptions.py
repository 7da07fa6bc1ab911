"""Subscriptions: the plans there are, and who has which until when."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from flask import Response, url_for
from pydantic import Field

from containers.api import caching, idempotency
from containers.api.callers import Reach, act, door, person
from containers.api.idempotency import Key
from containers.api.operations import conditional
from containers.api.outputs import Output
from containers.api.queries import Paging
from containers.api.resources.resource import Resource, routes, shown
from containers.api.resources.wire import Wire
from vectoricons.common.errors import NotFound
from vectoricons.common.idempotency import Answer
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.orders.checkout import PriceChanged
from vectoricons.products.subscriptions.subscription_plans import (
    BillingPeriod,
    SubscriptionPlan,
    SubscriptionPlanService,
)
from vectoricons.users.users_to_subscription_plans import SubscriptionService
from vectoricons.utils import Dollars, Input, Line, RowId, Text, may_be_left_out

Number = Annotated[int, Field(ge=0, le=1_000_000)]

TITLE = 'It is the name of the plan, such as "Studio".'
DESCRIPTION = "It is what one gets, in words."
PRICE = 'It is what one billing period costs, such as "9.00".'
DOWNLOADS = "It is how many downloads a month it gives."
SEATS, ADDONS = "It is how many people may use it.", "It is how many extras it has."
STRIPE_PRICE = "It is the id of the price at Stripe."
STRIPE_KEY = "It is the lookup key of the price at Stripe."
GROUP = "It is the offer that the plan is a tier of."
ACTIVE = "It is true while it is offered."


class PlanQuery(Paging):
    """A list of plans."""

    billing_period: BillingPeriod | None = Field(None, description='It is "monthly" or "yearly".')
    group_name: Line | None = Field(None, description=GROUP)
    is_active: bool | None = Field(
        None, description="It is true or false; only administrators see what is not offered."
    )


class NewPlan(Input):
    """A plan."""

    title: Line = Field(description=TITLE)
    description: Text | None = Field(None, description=DESCRIPTION)
    price: Dollars = Field(description=PRICE)
    billing_period: BillingPeriod = Field(description='It is "monthly" or "yearly".')
    monthly_downloads: Number = Field(description=DOWNLOADS)
    seats: Number = Field(0, description=SEATS)
    addons: Number = Field(0, description=ADDONS)
    stripe_price_id: Line = Field(description=STRIPE_PRICE)
    stripe_lookup_key: Line | None = Field(None, description=STRIPE_KEY)
    group_name: Annotated[Line, Field(max_length=64)] | None = Field(None, description=GROUP)


class PlanPatch(Input):
    """What may change of it: who has it already paid for what it was."""

    title: Line = may_be_left_out(TITLE)
    description: Text | None = Field(None, description=DESCRIPTION)
    price: Dollars = may_be_left_out(PRICE)
    monthly_downloads: Number = may_be_left_out(DOWNLOADS)
    seats: Number = may_be_left_out(SEATS)
    addons: Number = may_be_left_out(ADDONS)
    stripe_price_id: Line = may_be_left_out(STRIPE_PRICE)
    stripe_lookup_key: Line | None = Field(None, description=STRIPE_KEY)
    group_name: Annotated[Line, Field(max_length=64)] | None = Field(None, description=GROUP)
    is_active: bool = may_be_left_out(ACTIVE)


class SubscriptionQuery(Paging):
    """A list of subscriptions."""

    user_id: UUID | None = Field(
        None, description="It is the id of a user; only administrators see what is another's."
    )
    subscription_plan_id: RowId | None = Field(None, description="It is the id of a plan.")
    is_active: bool | None = Field(None, description="It is true or false.")


class NewSubscription(Input):
    """A plan that is paid for with what is on your account."""

    subscription_plan_id: RowId = Field(description="It is the id of a plan that is offered.")
    price: Dollars = Field(description="It is what the plan costs, as it says.")


class QuoteQuery(Input):
    """A plan to change to."""

    subscription_plan_id: RowId = Field(description="It is the id of a plan that is offered.")


class Quote(Output):
    """What changing to a plan costs now: what has to be on your account, and what your plan gives back."""

    subscription_plan_id: RowId
    to_pay: str
    given_back: str


PLANS = Resource(
    name="subscription-plans",
    service=SubscriptionPlanService,
    wire=Wire.of(SubscriptionPlanService),
    readers=Reach.EVERYBODY,
    filters=PlanQuery,
    new=NewPlan,
    patch=PlanPatch,
    removable=True,
)
SUBSCRIPTIONS = Resource(
    name="subscriptions",
    service=SubscriptionService,
    wire=Wire.of(SubscriptionService, relations=("subscription_plan",)),
    filters=SubscriptionQuery,
)
blueprint = routes(SUBSCRIPTIONS)


@blueprint.get("/quote")
@door(Reach.ACCOUNT)
@blueprint.input(QuoteQuery, location="query")
@blueprint.output(Quote)
def quote(query_data: QuoteQuery) -> Response:
    """What it costs you now to change your plan."""
    subscriber = person()
    plan = query_data.subscription_plan_id
    due, back = act(lambda work: SubscriptionService(work).quote(subscriber.id, plan))
    answer = Quote(subscription_plan_id=plan, to_pay=str(due), given_back=str(back.given_back))
    return caching.private(answer.model_dump_json(by_alias=True))


@blueprint.post("")
@door(Reach.ACCOUNT)
@blueprint.input(Key, location="headers")
@blueprint.input(NewSubscription)
@blueprint.output(SUBSCRIPTIONS.wire.model, status_code=201)
def create(headers_data: Key, json_data: NewSubscription) -> Response:
    """Subscribe, or change your plan, with what is on your account and what is left of the old plan.

    To pay by card, put the plan into your cart and order it.
    """
    subscriber = person()

    def started(work: UnitOfWork) -> Answer:
        plan = _offered(work, json_data)
        made = SubscriptionService(work).start(subscriber.id, plan.id, paid=plan.price)
        body = shown(SUBSCRIPTIONS, work.session, SUBSCRIPTIONS.find(work, made.id)).decode()
        return Answer(body, HTTPStatus.CREATED, url_for("subscriptions.read", key=made.id))

    return idempotency.once(headers_data.of(subscriber), started)


@blueprint.delete(SUBSCRIPTIONS.path)
@door(Reach.ACCOUNT)
@conditional
@blueprint.output({}, status_code=204)
def cancel(key: int) -> Response:
    """Let a subscription end on its end date: what is paid stays usable until then."""

    def cancelled(work: UnitOfWork) -> None:
        held = SUBSCRIPTIONS.find_as_seen(work, key)
        SubscriptionService(work).cancel(held.id)

    act(cancelled)
    return Response(status=HTTPStatus.NO_CONTENT)


def _offered(work: UnitOfWork, wanted: NewSubscription) -> SubscriptionPlan:
    """The plan, if it costs what the buyer agreed to."""
    plan = SubscriptionPlanService(work).get_by_id(wanted.subscription_plan_id)
    if plan is None or not plan.is_active:
        raise NotFound("There is no plan with this id, or it is not offered any more.")
    if plan.price != wanted.price:
        raise PriceChanged(f"The plan costs ${plan.price} now, not ${wanted.price}.", total=str(plan.price))
    return plan
