"""Billing periods: the months of a subscription, each with its part of the price and its own credits.

A year paid at once is twelve of them, so that a month's credits are a month's, and a cent is never lost.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import CENT, Money, Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row


class BillingPeriodRow(Row, HasTimestamps):
    __tablename__ = "billing_periods"
    __table_args__ = (
        UniqueConstraint("subscription_id", "number"),
        CheckConstraint("starts_at < ends_at", name="dates"),
        CheckConstraint("price >= 0 and quota >= 0", name="amounts"),
    )

    subscription_id: Mapped[int] = mapped_column(ForeignKey("users_to_subscription_plans.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    quota: Mapped[int] = mapped_column(Integer)


class BillingPeriod(Timestamped):
    """A month of a subscription: what it cost and how many downloads it gives."""

    id: int
    subscription_id: int
    user_id: int
    number: int
    starts_at: datetime
    ends_at: datetime
    price: Money
    quota: int


class BillingPeriodRepository(Repository[BillingPeriodRow, BillingPeriod]):
    """Billing periods."""

    unique_key = ("subscription_id", "number")

    def last_number(self, subscription_id: int) -> int:
        """The number of the subscription's last period; 0 when it has none."""
        return max((one.number for one in self.find_all({"subscription_id": subscription_id})), default=0)

    def at(self, subscription_id: int, moment: datetime) -> BillingPeriod | None:
        """The period of the subscription that *moment* is in."""
        row = self.row
        return self.find_one(
            (row.subscription_id == subscription_id) & (row.starts_at <= moment) & (row.ends_at > moment)
        )


class BillingPeriodService(
    Observable[BillingPeriod], Pluggable[BillingPeriod], AccessControlled[BillingPeriod]
):
    """Billing periods: subscribers see their own; subscriptions make them."""

    repository: BillingPeriodRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)


def months_after(start: datetime, months: int) -> datetime:
    """The same day *months* later, or the last of that month: 31 January and one month is 28 February."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))


def in_parts(price: Decimal, number: int) -> Iterator[Decimal]:
    """*price* in *number* parts that differ by a cent at most and add up to it; the larger come first."""
    cents, rest = divmod(int(price / CENT), number)
    for place in range(number):
        yield CENT * (cents + (place < rest))
