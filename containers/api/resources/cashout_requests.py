"""Cashout requests: contributors ask for what they earned, administrators decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Literal

from flask import Response, url_for
from pydantic import Field, ValidationInfo, field_validator

from containers.api import caching, idempotency
from containers.api.callers import Reach, act, door, person
from containers.api.idempotency import Key
from containers.api.operations import conditional
from containers.api.resources.ledger import OfUser
from containers.api.resources.resource import Resource, routes, shown
from containers.api.resources.wire import Wire
from vectoricons.cashout_requests import (
    CashoutMethod,
    CashoutRequest,
    CashoutRequestService,
    CashoutStatus,
)
from vectoricons.common.idempotency import Answer
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.utils import Dollars, Input, Line, Text

Move = Callable[[CashoutRequestService, int, str], CashoutRequest]

WITH_A_REASON = (CashoutStatus.DENIED, CashoutStatus.FAILED)
MOVES: Mapping[CashoutStatus, Move] = {
    CashoutStatus.APPROVED: lambda requests, id, _: requests.approve(id),
    CashoutStatus.DENIED: lambda requests, id, memo: requests.deny(id, memo),
    CashoutStatus.COMPLETED: lambda requests, id, _: requests.complete(id),
    CashoutStatus.FAILED: lambda requests, id, memo: requests.fail(id, memo),
    CashoutStatus.CANCELLATION_REQUESTED: lambda requests, id, _: requests.request_cancellation(id),
    CashoutStatus.CANCELLED: lambda requests, id, _: requests.cancel(id),
}
STATUSES = ", ".join(f'"{status}"' for status in CashoutStatus)


class CashoutQuery(OfUser):
    """A list of cashout requests."""

    status: CashoutStatus | None = Field(None, description=f"It is one of {STATUSES}.")


class NewCashoutRequest(Input):
    """That somebody wants what they earned."""

    amount: Dollars = Field(description='It is ten dollars or more of what you earned, such as "25.00".')
    email: Line = Field(description="It is the address that the money is sent to.")
    method: CashoutMethod = Field(description='It is "paypal" or "stripe".')


class CashoutPatch(Input):
    """How a request goes on."""

    status: Literal["approved", "denied", "completed", "failed", "cancellation_requested", "cancelled"] = (
        Field(
            description='It is "cancellation_requested" to ask for it not to be paid. Administrators say '
            '"approved", "denied", "completed", "failed" and "cancelled".'
        )
    )
    memo: Text | None = Field(
        None, validate_default=True, description="It is the reason why it was denied, or why it failed."
    )

    @field_validator("memo")
    @classmethod
    def _a_reason(cls, memo: str | None, info: ValidationInfo) -> str | None:
        if not memo and info.data.get("status") in WITH_A_REASON:
            raise ValueError("missing")
        return memo


CASHOUT_REQUESTS = Resource(
    name="cashout-requests",
    service=CashoutRequestService,
    wire=Wire.of(CashoutRequestService),
    readers=Reach.CONTRIBUTOR,
    filters=CashoutQuery,
)
blueprint = routes(CASHOUT_REQUESTS)


@blueprint.post("")
@door(Reach.CONTRIBUTOR)
@blueprint.input(Key, location="headers")
@blueprint.input(NewCashoutRequest)
@blueprint.output(CASHOUT_REQUESTS.wire.model, status_code=201)
def create(headers_data: Key, json_data: NewCashoutRequest) -> Response:
    """Ask for what you earned. It is held for you from now on."""
    contributor = person()

    def asked(work: UnitOfWork) -> Answer:
        made = CashoutRequestService(work).request(
            contributor.id, json_data.amount, email=json_data.email, method=json_data.method
        )
        body = shown(CASHOUT_REQUESTS, work.session, made).decode()
        return Answer(body, HTTPStatus.CREATED, url_for("cashout_requests.read", key=made.id))

    return idempotency.once(headers_data.of(contributor), asked)


@blueprint.patch(CASHOUT_REQUESTS.path)
@door(Reach.CONTRIBUTOR)
@conditional
@blueprint.input(CashoutPatch)
@blueprint.output(CASHOUT_REQUESTS.wire.model)
def update(key: int, json_data: CashoutPatch) -> Response:
    """Ask for it not to be paid; or, as an administrator, decide. Send If-Match to be sure of what."""

    def moved(work: UnitOfWork) -> bytes:
        asked = CASHOUT_REQUESTS.find_as_seen(work, key)
        move = MOVES[CashoutStatus(json_data.status)]
        now = move(CashoutRequestService(work), asked.id, json_data.memo or "")
        return shown(CASHOUT_REQUESTS, work.session, now)

    return caching.private(act(moved))
