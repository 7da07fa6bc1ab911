"""The ledger: people see what is theirs of it, administrators all; what they give or take is posted."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal
from uuid import UUID

from flask import Response, url_for
from pydantic import Field

from containers.api import idempotency
from containers.api.callers import Reach, door, person
from containers.api.idempotency import Key
from containers.api.outputs import Output
from containers.api.queries import Paging
from containers.api.resources.resource import Resource, routes
from containers.api.resources.wire import Wire
from vectoricons.accounts import AccountService, AccountStatus
from vectoricons.auth.api_keys import Scope
from vectoricons.billing_periods import BillingPeriodService
from vectoricons.common.idempotency import Answer
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.credits import CreditService, CreditType
from vectoricons.orders import OrderRow
from vectoricons.stripe.invoices import InvoiceService, InvoiceStatus
from vectoricons.transactions import TransactionService
from vectoricons.transactions.adjustments import Adjustments
from vectoricons.transactions.transactions_view import AccountEntryService
from vectoricons.users import UserRow
from vectoricons.utils import Input, Text, Word, may_be_left_out

USER = "It is the id of a user; only administrators see what is another's."


class OfUser(Paging):
    """A list of what is somebody's."""

    user_id: UUID | None = Field(None, description=USER)


class AccountQuery(OfUser):
    """A list of accounts."""

    status: AccountStatus | None = Field(
        None, description='It is "active", "inactive", "suspended" or "closed".'
    )


class AccountPatch(Input):
    """What may change of an account; its balance is the postings' alone."""

    status: AccountStatus = may_be_left_out(
        'It is "active"; "inactive" or "suspended", which only takes; or "closed".'
    )
    description: Text = may_be_left_out("It is what people should know of it.")


class TransactionQuery(Paging):
    """A list of transactions."""

    order_id: str | None = Field(None, description="It is the id of an order.")


class EntryQuery(OfUser, TransactionQuery):
    """A list of what moved on accounts."""

    account_id: int | None = Field(None, description="It is the id of an account.")
    transaction_category: Word | None = Field(None, description='It is a category, such as "sale".')


class CreditQuery(OfUser):
    """A list of credits."""

    credit_type: CreditType | None = Field(None, description='It is "prepaid" or "subscriber".')
    is_active: bool | None = Field(None, description="It is true or false.")


class BillingPeriodQuery(OfUser):
    """A list of the months of subscriptions."""

    subscription_id: int | None = Field(None, description="It is the id of a subscription.")


class InvoiceQuery(OfUser, TransactionQuery):
    """A list of invoices."""

    status: InvoiceStatus | None = Field(None, description='It is "open", "paid", "failed" or "void".')
    subscription_id: int | None = Field(None, description="It is the id of a subscription.")


class CreditAdjustment(Input):
    """Prepaid credits that are given to somebody, or taken."""

    user_id: UUID = Field(description="It is the id of whose credits they are.")
    quantity: int = Field(
        ge=-10_000, le=10_000, description="It is how many: above zero they are given, below taken away."
    )
    memo: Text = Field(min_length=1, description="It is the reason, in words.")


class Balance(Output):
    """How many prepaid credits somebody has."""

    user_id: UUID
    credit_type: Literal["prepaid"] = "prepaid"
    available: int


ACCOUNTS = Resource(
    name="accounts",
    service=AccountService,
    wire=Wire.of(AccountService),
    scopes=(Scope.ACCOUNT_READ, None),
    filters=AccountQuery,
    patch=AccountPatch,
)
TRANSACTIONS = Resource(
    name="transactions",
    service=TransactionService,
    wire=Wire.of(TransactionService, relations=("transaction_items", "payment_type", "transaction_category")),
    readers=Reach.ADMIN,
    filters=TransactionQuery,
)
ACCOUNT_ENTRIES = Resource(
    name="account-entries",
    service=AccountEntryService,
    wire=Wire.of(
        AccountEntryService,
        kept=("transaction_id",),  # its uuid is shown
        refers={"user_id": UserRow, "order_id": OrderRow},
    ),
    scopes=(Scope.ACCOUNT_READ, None),
    filters=EntryQuery,
)
CREDITS = Resource(
    name="credits",
    service=CreditService,
    wire=Wire.of(CreditService),
    scopes=(Scope.ACCOUNT_READ, None),
    filters=CreditQuery,
)
BILLING_PERIODS = Resource(
    name="billing-periods",
    service=BillingPeriodService,
    wire=Wire.of(BillingPeriodService, called="BilledPeriod"),
    scopes=(Scope.ACCOUNT_READ, None),
    filters=BillingPeriodQuery,
)
INVOICES = Resource(
    name="invoices",
    service=InvoiceService,
    wire=Wire.of(InvoiceService),
    scopes=(Scope.ORDERS_READ, None),
    filters=InvoiceQuery,
)
RESOURCES = (ACCOUNTS, TRANSACTIONS, ACCOUNT_ENTRIES, BILLING_PERIODS, INVOICES)
blueprint = routes(CREDITS)


@blueprint.post("/adjustments")
@door(Reach.ADMIN)
@blueprint.input(Key, location="headers")
@blueprint.input(CreditAdjustment)
@blueprint.output(Balance, status_code=201)
def adjust(headers_data: Key, json_data: CreditAdjustment) -> Response:
    """Give somebody prepaid credits, or take some away. The answer says how many they have then."""
    admin = person()

    def adjusted(work: UnitOfWork) -> Answer:
        given = CREDITS.wire.inward(work.session, {"user_id": json_data.user_id})
        key = f"{admin.id}:{headers_data.idempotency_key}"
        adjustments = Adjustments(work)
        adjustments.adjust(given["user_id"], json_data.quantity, memo=json_data.memo, key=key)
        left = adjustments.available(given["user_id"], CreditType.PREPAID)
        balance = Balance(user_id=json_data.user_id, available=left)
        location = url_for("credits.index", userId=json_data.user_id)
        return Answer(balance.model_dump_json(by_alias=True), HTTPStatus.CREATED, location)

    return idempotency.once(headers_data.of(admin), adjusted)
