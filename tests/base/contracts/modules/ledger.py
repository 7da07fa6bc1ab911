"""Where the money is."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.base.contracts.modules.commerce import plan
from tests.base.contracts.modules.module import Module, value_and_label
from tests.base.world import World, word
from vectoricons.accounts import AccountRepository, AccountService
from vectoricons.accounts.account_types import AccountTypeId, AccountTypeService
from vectoricons.billing_periods import BillingPeriodService
from vectoricons.cashout_requests import CashoutRequestService
from vectoricons.credits import CreditService
from vectoricons.products.subscriptions.subscription_plans import SubscriptionPlanRepository
from vectoricons.stripe.invoices import InvoiceService
from vectoricons.stripe.stripe_customers import StripeCustomerService
from vectoricons.stripe.stripe_events import StripeEventService
from vectoricons.transactions import (
    PaymentTypeId,
    TransactionCategoryId,
    TransactionService,
    TransactionTypeId,
)
from vectoricons.transactions.payment_types import PaymentTypeService
from vectoricons.transactions.transaction_categories import TransactionCategoryService
from vectoricons.transactions.transaction_items import TransactionItemService
from vectoricons.transactions.transaction_types import TransactionTypeService
from vectoricons.users.users_to_subscription_plans import SubscriptionRepository, SubscriptionService

YEAR = {"start": datetime(2026, 1, 1, tzinfo=UTC), "end": datetime(2027, 1, 1, tzinfo=UTC)}


def account(world: World) -> dict[str, Any]:
    return {
        "user_id": world.contributor.id,
        "account_type_id": AccountTypeId.REVENUE,
        "label": word("account"),
    }


def transaction(_world: World) -> dict[str, Any]:
    return {
        "idempotency_key": word("key"),
        "amount": Decimal("9.90"),
        "payment_type_id": PaymentTypeId.PAY_AS_YOU_GO,
        "transaction_category_id": TransactionCategoryId.SALE,
    }


def transaction_item(world: World) -> dict[str, Any]:
    return {
        "transaction_id": TransactionService(world.work).repository.create(transaction(world)).id,
        "account_id": AccountService(world.work).repository.create(account(world)).id,
        "transaction_type_id": TransactionTypeId.CREDIT,
        "payment_type_id": PaymentTypeId.PAY_AS_YOU_GO,
        "amount": Decimal("9.90"),
    }


def credits_(world: World) -> dict[str, Any]:
    user = world.user()
    accounts = AccountRepository(world.work.session)
    (kept_on,) = accounts.find_or_create([(user.id, AccountTypeId.USER_PREPAID_CREDITS)])
    return {
        "user_id": user.id,
        "account_id": kept_on.id,
        "credit_type": "prepaid",
        "quantity": 10,
        "remaining": 10,
        "worth": Decimal("10.00"),
        "dollar_value_per_credit": Decimal("1.00"),
    }


def subscription(world: World) -> dict[str, Any]:
    offered = SubscriptionPlanRepository(world.work.session).create(plan(world))
    return {
        "user_id": world.user().id,
        "subscription_plan_id": offered.id,
        "start_date": YEAR["start"],
        "end_date": YEAR["end"],
    }


def billing_period(world: World) -> dict[str, Any]:
    held = SubscriptionRepository(world.work.session).create(subscription(world))
    return {
        "subscription_id": held.id,
        "user_id": held.user_id,
        "number": 1,
        "starts_at": YEAR["start"],
        "ends_at": YEAR["end"],
        "price": Decimal("10.00"),
        "quota": 4,
    }


def cashout(world: World) -> dict[str, Any]:
    return {
        "user_id": world.user().id,
        "amount": Decimal("25.00"),
        "email": f"{word('ann')}@example.org",
        "method": "paypal",
    }


def stripe_event(_world: World) -> dict[str, Any]:
    payload = {"id": "pi_1", "metadata": {"order": "abc"}}
    return {"stripe_event_id": word("evt"), "type": "a.b", "outcome": "handled", "payload": payload}


MODULES: tuple[Module, ...] = (
    Module(AccountService, account, {"description": "other"}),
    Module(AccountTypeService, value_and_label, {"label": "other"}),
    Module(BillingPeriodService, billing_period, {"quota": 9}),
    Module(CashoutRequestService, cashout, {"memo": "other"}),
    Module(CreditService, credits_, {"memo": "other"}),
    Module(
        InvoiceService,
        lambda world: {"user_id": world.user().id, "stripe_id": word("pi"), "amount": Decimal("2.00")},
        {"status": "paid"},
    ),
    Module(PaymentTypeService, lambda _: {"type": word("barter")}, {"description": "other"}),
    Module(
        StripeCustomerService,
        lambda world: {"user_id": world.user().id, "stripe_customer_id": word("cus")},
        {"stripe_customer_id": "cus_other"},
    ),
    Module(StripeEventService, stripe_event, {"type": "other"}),
    Module(SubscriptionService, subscription, {"stripe_subscription_plan_id": "sub_other"}),
    Module(TransactionCategoryService, value_and_label, {"label": "other"}),
    Module(TransactionItemService, transaction_item, {"memo": "other"}),
    Module(TransactionService, transaction, {"amount": Decimal("8.80")}),
    Module(TransactionTypeService, lambda _: {"label": word("way"), "operation": 1}, {"label": "other"}),
)
