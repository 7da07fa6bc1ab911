"""Coupon codes: administrators write them, and a buyer tries one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from flask import Response
from pydantic import AwareDatetime, Field, ValidationInfo, field_validator

from containers.api import caching
from containers.api.callers import Reach, act, door, person
from containers.api.outputs import Output
from containers.api.queries import Paging
from containers.api.resources.carts import offer
from containers.api.resources.resource import Resource, routes
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.carts import CartService
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.coupon_codes import CouponCode, CouponCodeService
from vectoricons.coupon_codes.validators import CouponScope, CouponType
from vectoricons.products.offers import OfferType
from vectoricons.users import User
from vectoricons.utils import Dollars, Input, Word, may_be_left_out

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{4,64}$")]
Off = Annotated[Dollars, Field(gt=0)]
Times = Annotated[int, Field(ge=1, le=1_000_000_000)]

AMOUNT = "It is how many dollars, or how many percent, it takes off."
ACTIVE = "It is true while it may be used."
MOST_USES = "It is how often it may be used together; null is as often as people like."
SMALLEST = "It is what the purchase has to cost at least."
START, END = "It is the moment from which it holds.", "It is the moment from which it does not hold any more."
SCOPES = ", ".join(f'"{scope}"' for scope in CouponScope)


def _at_most_all(amount: Decimal, info: ValidationInfo) -> Decimal:
    if info.data.get("type") is CouponType.PERCENTAGE and amount > 100:
        raise ValueError("more than all of it")
    return amount


def _after_its_start(end: datetime | None, info: ValidationInfo) -> datetime | None:
    start = info.data.get("start_date")
    if start and end and end <= start:
        raise ValueError("not after startDate")
    return end


def _somebodys(user_id: UUID | None, info: ValidationInfo) -> UUID | None:
    if user_id is None and info.data.get("scope") in {CouponScope.BUYER, CouponScope.SELLER}:
        raise ValueError("missing, and the scope is about somebody")
    return user_id


class CouponQuery(Paging):
    """A list of coupons."""

    scope: CouponScope | None = Field(None, description=f"It is one of {SCOPES}.")
    is_active: bool | None = Field(None, description="It is true or false.")


class NewCoupon(Input):
    """A coupon."""

    code: Code = Field(description="It is 4 to 64 letters, digits and hyphens; written in capitals.")
    type: CouponType = Field(description='It is "fixed" or "percentage".')
    scope: CouponScope = Field(CouponScope.GLOBAL, description=f"It is one of {SCOPES}.")
    amount: Off = Field(description=AMOUNT)
    max_uses: Times | None = Field(None, description=MOST_USES)
    min_purchase_amount: Dollars = may_be_left_out(SMALLEST)
    start_date: AwareDatetime | None = Field(None, description=START)
    end_date: AwareDatetime | None = Field(None, description=END)
    entity_type: OfferType | None = Field(None, description="It is the kind of thing that it is for.")
    entity_id: Word | None = Field(None, description="It is the id of the one thing that it is for.")
    user_id: UUID | None = Field(
        None,
        validate_default=True,
        description="It is the id of whose works it is for in the scope seller, else of who may use it.",
    )

    _percents = field_validator("amount")(_at_most_all)
    _dates = field_validator("end_date")(_after_its_start)
    _person = field_validator("user_id")(_somebodys)


class CouponPatch(Input):
    """What may change of it."""

    amount: Off = may_be_left_out(AMOUNT)
    max_uses: Times | None = Field(None, description=MOST_USES)
    min_purchase_amount: Dollars = may_be_left_out(SMALLEST)
    start_date: AwareDatetime | None = Field(None, description=START)
    end_date: AwareDatetime | None = Field(None, description=END)
    is_active: bool = may_be_left_out(ACTIVE)


class Trial(Input):
    """A coupon, for what is in your cart or for one thing on sale."""

    code: Word = Field(description="It is the coupon's code, in any case.")
    entity_type: OfferType | None = Field(None, description="It is the kind of the thing.")
    entity_id: Word | None = Field(None, description="It is the id of the thing.")


class Holding(Output):
    """A coupon that holds, as its buyer sees it."""

    code: str
    type: str
    scope: str
    amount: str
    min_purchase_amount: str
    end_date: datetime | None


COUPON_CODES = Resource(
    name="coupon-codes",
    service=CouponCodeService,
    wire=Wire.of(CouponCodeService),
    readers=Reach.ADMIN,
    filters=CouponQuery,
    new=NewCoupon,
    patch=CouponPatch,
    removable=True,
)
blueprint = routes(COUPON_CODES)


@blueprint.post("/validate")
@door(Reach.ACCOUNT, Scope.ORDERS_WRITE)
@blueprint.input(Trial)
@blueprint.output(Holding)
def validate(json_data: Trial) -> Response:
    """Whether a coupon holds for your cart, or for one thing; if not, "result" of the problem says why."""
    buyer = person()
    coupon = act(lambda work: _tried(work, buyer, json_data))
    shown = Holding.model_validate(coupon.model_dump(mode="json", include=set(Holding.model_fields)))
    return caching.private(shown.model_dump_json(by_alias=True))


def _tried(work: UnitOfWork, buyer: User, given: Trial) -> CouponCode:
    if given.entity_type is None and given.entity_id is None:
        return CartService(work).validate_coupon(buyer.id, given.code)
    kind, number = given.entity_type, None
    if kind is not None and given.entity_id is not None:
        _, number = offer(work, kind, given.entity_id)
    return CouponCodeService(work).validate_for_entity(given.code, kind, number, buyer.id)
