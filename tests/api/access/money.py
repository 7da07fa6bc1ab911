"""Money is its owner's to see; what moves it by hand is for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from tests.api.access.commerce import BUYERS, ordered
from tests.api.access.doors import (
    Codes,
    Door,
    World,
    accounts,
    admins,
    contributors,
    everybody,
    the_customer,
)
from tests.api.factories import SYSTEM
from vectoricons.accounts import AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.billing_periods import BillingPeriodRepository
from vectoricons.cashout_requests import CashoutMethod, CashoutRequestService
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.coupon_codes import CouponCodeRepository
from vectoricons.credits import CreditRepository
from vectoricons.products.subscriptions.subscription_plans import SubscriptionPlan, SubscriptionPlanRepository
from vectoricons.stripe.invoices import InvoiceRepository
from vectoricons.transactions import (
    PaymentTypeId,
    TransactionCategoryId,
    TransactionRepository,
    TransactionService,
    cards,
    credit,
    debit,
)
from vectoricons.transactions.adjustments import Adjustments
from vectoricons.transactions.settlement import Settlement
from vectoricons.transactions.transactions_view import AccountEntryRepository
from vectoricons.users.users_to_subscription_plans import SubscriptionService

PRICE = "9.00"
_number = count(1)


def the_customers(world: World, work: UnitOfWork) -> int:
    """The customer, with credits and so with an account."""
    user_id = world.user("customer").id
    Adjustments(work).adjust(user_id, 1, memo="a present", key=uuid4().hex)
    return user_id


def an_account(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        user_id = the_customers(world, work)
        return {"key": AccountService(work).get_or_create(user_id, AccountTypeId.USER_PREPAID_CREDITS).id}


def a_credit(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {
            "key": CreditRepository(work.session).find_all({"user_id": the_customers(world, work)})[-1].id
        }


def a_transaction(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        the_customers(world, work)
        return {"key": TransactionRepository(work.session).find_all()[-1].uuid}


def an_entry(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        entries = AccountEntryRepository(work.session)
        return {"key": entries.find_all({"user_id": the_customers(world, work)})[-1].id}


def an_invoice(world: World) -> Mapping[str, Any]:
    order = ordered(world)
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        given = {"user_id": order.user_id, "order_id": order.id, "stripe_id": uuid4().hex, "amount": 2}
        return {"key": InvoiceRepository(work.session).create(given).id}


def a_paid_order(world: World) -> Mapping[str, Any]:
    order = ordered(world)
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        Settlement(work).receive(order.id, charge=uuid4().hex, amount=order.discounted_total)
    return {"key": order.unique_id}


def a_plan(work: UnitOfWork) -> SubscriptionPlan:
    return SubscriptionPlanRepository(work.session).create(
        {
            "title": f"Plan {next(_number)}",
            "billing_period": "monthly",
            "price": Decimal(PRICE),
            "monthly_downloads": 4,
            "stripe_price_id": "price_1",
        }
    )


def a_new_plan(_world: World) -> dict[str, Any]:
    return {
        "title": f"Plan {next(_number)}",
        "billingPeriod": "yearly",
        "price": PRICE,
        "monthlyDownloads": 4,
        "stripePriceId": "price_2",
    }


def plan(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {"key": a_plan(work).id}


def a_subscription(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        user_id = world.user("customer").id
        cards.receive(work, user_id, Decimal(PRICE), uuid4().hex)
        held = SubscriptionService(work).start(user_id, a_plan(work).id, paid=Decimal(PRICE))
        return {"key": held.id}


def a_month(world: World) -> Mapping[str, Any]:
    held = a_subscription(world)["key"]
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {"key": BillingPeriodRepository(work.session).find_all({"subscription_id": held})[0].id}


def a_plan_that_can_be_paid(world: World) -> dict[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        for visitor in BUYERS:
            cards.receive(work, world.user(visitor).id, Decimal(PRICE), uuid4().hex)
        return {"subscriptionPlanId": a_plan(work).id, "price": PRICE}


def earned(user_id: int, work: UnitOfWork) -> int:
    """A contributor, or whoever it is, who has earned ten dollars."""
    house, own = AccountService(work).get_or_create_many(
        [(None, AccountTypeId.EXPENSE), (user_id, AccountTypeId.REVENUE)]
    )
    TransactionService(work).post(
        key=uuid4().hex,
        category=TransactionCategoryId.ADJUSTMENT,
        payment_type=PaymentTypeId.CASHOUT,
        entries=[debit(house, Decimal(10)), credit(own, Decimal(10))],
    )
    return user_id


def wanted(world: World) -> dict[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        for visitor in ("contributor", "other contributor", "admin"):
            earned(world.user(visitor).id, work)
    return {"amount": "10.00", "email": "ada@example.com", "method": "paypal"}


def a_request(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        asked = CashoutRequestService(work).request(
            earned(world.user("contributor").id, work),
            Decimal(10),
            email="ada@example.com",
            method=CashoutMethod.PAYPAL,
        )
        return {"key": asked.id}


def a_coupon(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        given = {"code": f"OFF-{next(_number)}", "type": "fixed", "amount": 1}
        return {"key": CouponCodeRepository(work.session).create(given).code}


def a_new_coupon(_world: World) -> dict[str, Any]:
    return {"code": f"NEW-{next(_number)}", "type": "percentage", "amount": "10"}


def an_adjustment(world: World) -> dict[str, Any]:
    return {"userId": str(world.user("customer").uuid), "quantity": 1, "memo": "for waiting"}


CONTRIBUTORS_OWN: Codes = (401, 403, 403, 200, 404, 200, 403)


def doors() -> dict[str, Door]:
    """The table."""
    own = {
        "accounts": an_account,
        "account-entries": an_entry,
        "credits": a_credit,
        "billing-periods": a_month,
        "invoices": an_invoice,
        "subscriptions": a_subscription,
    }
    table = {f"GET /api/v1/{name}": Door(accounts(200)) for name in own}
    table |= {
        f"GET /api/v1/{name}/<int:key>": Door(the_customer(200), values) for name, values in own.items()
    }
    plans, coupons, cashouts = (
        f"/api/v1/{name}" for name in ("subscription-plans", "coupon-codes", "cashout-requests")
    )
    return table | {
        "PATCH /api/v1/accounts/<int:key>": Door(
            admins(200), an_account, lambda _world: {"status": "suspended"}
        ),
        "GET /api/v1/transactions": Door(admins(200)),
        "GET /api/v1/transactions/<uuid:key>": Door(admins(200), a_transaction),
        "POST /api/v1/credits/adjustments": Door(admins(201), body=an_adjustment),
        f"GET {plans}": Door(everybody(200)),
        f"POST {plans}": Door(admins(201), body=a_new_plan),
        f"GET {plans}/<int:key>": Door(everybody(200), plan),
        f"PATCH {plans}/<int:key>": Door(admins(200), plan, lambda _world: {"isActive": False}),
        f"DELETE {plans}/<int:key>": Door(admins(204), plan),
        "GET /api/v1/subscriptions/quote": Door(accounts(422)),
        "POST /api/v1/subscriptions": Door(accounts(201), body=a_plan_that_can_be_paid),
        "DELETE /api/v1/subscriptions/<int:key>": Door(the_customer(204), a_subscription),
        f"GET {coupons}": Door(admins(200)),
        f"POST {coupons}": Door(admins(201), body=a_new_coupon),
        f"POST {coupons}/validate": Door(accounts(422), body=lambda _world: {"code": "NO-SUCH"}),
        f"GET {coupons}/<string:key>": Door(admins(200), a_coupon),
        f"PATCH {coupons}/<string:key>": Door(admins(200), a_coupon, lambda _world: {"isActive": False}),
        f"DELETE {coupons}/<string:key>": Door(admins(204), a_coupon),
        "POST /api/v1/orders/<string:key>/payments": Door(the_customer(409), a_paid_order),
        "POST /api/v1/orders/<string:key>/refunds": Door(admins(201), a_paid_order, lambda _world: {}),
        "POST /api/v1/webhooks/stripe": Door(everybody(400), body=lambda _world: {"id": "evt_forged"}),
        f"GET {cashouts}": Door(contributors(200)),
        f"POST {cashouts}": Door(contributors(201), body=wanted),
        f"GET {cashouts}/<int:key>": Door(CONTRIBUTORS_OWN, a_request),
        f"PATCH {cashouts}/<int:key>": Door(
            CONTRIBUTORS_OWN, a_request, lambda _world: {"status": "cancellation_requested"}
        ),
    }
