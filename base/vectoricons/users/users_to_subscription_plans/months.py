"""The months of a subscription: opened when they are paid for, closed when they are over or given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from vectoricons.accounts import ZERO, AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.billing_periods import BillingPeriod, BillingPeriodRepository, in_parts, months_after
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.credits import Credit, CreditRepository, CreditType, take_all, worth_each
from vectoricons.products.subscriptions.subscription_plans import BillingPeriod as Billed
from vectoricons.products.subscriptions.subscription_plans import SubscriptionPlan
from vectoricons.transactions import (
    PaymentTypeId,
    Transaction,
    TransactionCategoryId,
    TransactionService,
    credit,
    debit,
)
from vectoricons.users.users_to_subscription_plans.proration import Proration, Unused, prorate

BILLED_MONTHS = {Billed.MONTHLY: 1, Billed.YEARLY: 12}


class Held(Protocol):
    """A subscription, as its months need it."""

    @property
    def id(self) -> int: ...
    @property
    def user_id(self) -> int: ...
    @property
    def order_item_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Left:
    """A month with the credits that nobody spent."""

    period: BillingPeriod
    credit: Credit


def end_of(plan: SubscriptionPlan, begins: datetime) -> datetime:
    """When what is billed at *begins* is used up."""
    return months_after(begins, BILLED_MONTHS[plan.billing_period])


class Months:
    """The months of subscriptions, in a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._periods = BillingPeriodRepository(work.session)
        self._credits = CreditRepository(work.session)
        self._accounts = AccountService(work)
        self._ledger = TransactionService(work)

    def open(self, held: Held, plan: SubscriptionPlan, begins: datetime, paid: Decimal, *, key: str) -> None:
        """Open the months that *paid* is for, each with its credits; pay them off the user's account."""
        posted = self._pay(held.user_id, plan, paid, key)
        last = self._periods.last_number(held.id)
        opened = self._periods.create_many(
            {
                "subscription_id": held.id,
                "user_id": held.user_id,
                "number": last + place + 1,
                "starts_at": months_after(begins, place),
                "ends_at": months_after(begins, place + 1),
                "price": price,
                "quota": plan.monthly_downloads,
            }
            for place, price in enumerate(in_parts(paid, BILLED_MONTHS[plan.billing_period]))
        )
        if plan.monthly_downloads:
            account = self._accounts.get_or_create(held.user_id, CreditType.SUBSCRIBER.account_type)
            self._credits.create_many(
                {
                    **_credit(period, posted),
                    "account_id": account.id,
                    # of what an order's line brought its refund gives back: renewals are paid by themselves
                    "order_item_id": None if last else held.order_item_id,
                }
                for period in opened
            )

    def left(self, held: Held) -> list[Left]:
        """The months with the credits that nobody spent, held until the transaction ends."""
        of_id = {period.id: period for period in self._periods.find_all({"subscription_id": held.id})}
        unspent = self._credits.left_of({"billing_period_id": list(of_id)})
        return [Left(of_id[one.billing_period_id], one) for one in unspent if one.billing_period_id]

    def close(self, held: Held, now: datetime) -> None:
        """Give back what is left of the subscription, as :func:`prorate` says."""
        left = self.left(held)
        take_all(self._credits, [one.credit for one in left])
        self._give_back(held.user_id, prorated(left, now), key=f"subscription:{held.id}:end")

    def lapse(self, over: Sequence[Credit]) -> None:
        """What is over and nobody spent becomes the house's."""
        for one in over:
            worth = take_all(self._credits, [one])
            self._give_back(one.user_id, Proration(ZERO, worth), key=f"credits:{one.id}:expired")

    def _pay(self, user_id: int, plan: SubscriptionPlan, paid: Decimal, key: str) -> Transaction | None:
        """Off the user's account, onto that of their credits; without downloads the house has earned it."""
        if not paid:
            return None
        owner = user_id if plan.monthly_downloads else None
        onto = CreditType.SUBSCRIBER.account_type if plan.monthly_downloads else AccountTypeId.REVENUE
        payer, taking = self._accounts.get_or_create_many(
            [(user_id, AccountTypeId.USER_PAY_AS_YOU_GO), (owner, onto)]
        )
        return self._ledger.post(
            key=key,
            category=TransactionCategoryId.CREDIT,
            payment_type=PaymentTypeId.PAY_AS_YOU_GO,
            entries=[debit(payer, paid, memo="subscription"), credit(taking, paid, memo="subscription")],
        )

    def _give_back(self, user_id: int, back: Proration, *, key: str) -> None:
        if not back.whole:
            return
        giving, taking, house = self._accounts.get_or_create_many(
            [
                (user_id, CreditType.SUBSCRIBER.account_type),
                (user_id, AccountTypeId.USER_PAY_AS_YOU_GO),
                (None, AccountTypeId.REVENUE),
            ]
        )
        onto = [(taking, back.given_back, "not used"), (house, back.kept, "not spent")]
        self._ledger.post(
            key=key,
            category=TransactionCategoryId.CREDIT,
            payment_type=PaymentTypeId.SUBSCRIBER_CREDITS,
            entries=[
                debit(giving, back.whole),
                *(credit(account, amount, memo=memo) for account, amount, memo in onto if amount),
            ],
        )


def prorated(left: Sequence[Left], now: datetime) -> Proration:
    """What giving the subscription up at *now* gives back."""
    return prorate([_unused(one.period, one.credit) for one in left], now)


def _unused(period: BillingPeriod, kept: Credit) -> Unused:
    return Unused(period.starts_at, period.ends_at, period.price, kept.worth)


def _credit(period: BillingPeriod, posted: Transaction | None) -> dict[str, Any]:
    return {
        "user_id": period.user_id,
        "transaction_id": posted.id if posted else None,
        "billing_period_id": period.id,
        "credit_type": CreditType.SUBSCRIBER,
        "quantity": period.quota,
        "remaining": period.quota,
        "worth": period.price,
        "dollar_value_per_credit": worth_each(period.price, period.quota),
        "starts_at": period.starts_at,
        "expires_at": period.ends_at,
    }
