"""Subscription plans: so many downloads a month for a price by the month or the year."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Computed, Integer, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.errors import Conflict
from vectoricons.common.mixins.service import Activatable, Managed
from vectoricons.common.repository import Key, Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row, one_of
from vectoricons.products.offers import OfferType

PRICE_PER_CREDIT = """
    round(case when billing_period = 'yearly' then price / 12 else price end
        / nullif(monthly_downloads, 0), 2)
"""


class BillingPeriod(StrEnum):
    """How often a plan is paid."""

    MONTHLY = "monthly"
    YEARLY = "yearly"


class SubscriptionPlanRow(Row, HasIsActive, HasTimestamps):
    """``price`` is that of one billing period; what one download of a month costs the database works out."""

    __tablename__ = "subscription_plans"
    __table_args__ = (
        UniqueConstraint("title", "billing_period"),
        one_of("billing_period", BillingPeriod),
        CheckConstraint(
            "price >= 0 and seats >= 0 and addons >= 0 and monthly_downloads >= 0", name="amounts"
        ),
    )

    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    seats: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default=text("0"))
    addons: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    monthly_downloads: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    billing_period: Mapped[str] = mapped_column(String(16))
    stripe_price_id: Mapped[str] = mapped_column(String(255))
    stripe_lookup_key: Mapped[str | None] = mapped_column(String(255))
    group_name: Mapped[str | None] = mapped_column(String(64), index=True)
    price_per_credit: Mapped[Decimal | None] = mapped_column(
        Numeric(10, 2), Computed(PRICE_PER_CREDIT, persisted=True)
    )


class SubscriptionPlan(Timestamped):
    """A plan people can subscribe to; plans of one ``group_name`` are the tiers of one offer."""

    id: int
    title: str
    description: str | None
    seats: int
    price: Money
    addons: int
    monthly_downloads: int
    billing_period: BillingPeriod
    stripe_price_id: str
    stripe_lookup_key: str | None
    group_name: str | None
    price_per_credit: Money | None
    is_active: bool


class SubscriptionPlanRepository(Repository[SubscriptionPlanRow, SubscriptionPlan]):
    """Subscription plans."""

    unique_key = ("title", "billing_period")

    def is_ordered(self, id: Key) -> bool:
        """Whether an order has this plan among its lines, paid for or not yet."""
        asked = "select exists (select from order_items where entity_type = :kind and entity_id = :id)"
        return bool(self.raw(asked, kind=OfferType.SUBSCRIPTION, id=id).scalar_one())


class SubscriptionPlanService(Managed[SubscriptionPlan], Activatable[SubscriptionPlan]):
    """Subscription plans: everybody sees the active ones, administrators write them."""

    repository: SubscriptionPlanRepository
    guarded: ClassVar = frozenset({"price_per_credit"})

    def _deleted(self, id: Key) -> int:
        if self.repository.is_ordered(id):
            raise Conflict("This plan was ordered, and will be given to who pays for it. Switch it off.")
        return super()._deleted(id)

    def get_by_billing_period(self, billing_period: BillingPeriod) -> list[SubscriptionPlan]:
        """The active plans paid by the month, or by the year."""
        return self.get_active({"billing_period": billing_period})

    def get_by_group_name(self, group_name: str) -> list[SubscriptionPlan]:
        """The active tiers of one offer."""
        return self.get_active({"group_name": group_name})
