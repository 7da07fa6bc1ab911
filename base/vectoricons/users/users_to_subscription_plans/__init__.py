"""Subscriptions held: which user pays for which plan, until when, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    String,
    func,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.accounts import ZERO
from vectoricons.billing_periods import BillingPeriod, BillingPeriodRepository
from vectoricons.common.access_control import Policy, anybody, nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.errors import Conflict, Invalid, NotFound
from vectoricons.common.event_bus.payload import Payload
from vectoricons.common.mixins.service import (
    REMOVALS,
    SWITCHES,
    WRITES,
    AccessControlled,
    Activatable,
    Observable,
    Pluggable,
    SoftDeletable,
)
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasIsLive, HasTimestamps, Row, related
from vectoricons.credits import Credit, CreditRepository, CreditRow
from vectoricons.products.subscriptions.subscription_plans import (
    SubscriptionPlan,
    SubscriptionPlanRepository,
    SubscriptionPlanRow,
)
from vectoricons.transactions import TransactionRepository
from vectoricons.users.users_to_subscription_plans.months import Months, end_of, prorated
from vectoricons.users.users_to_subscription_plans.proration import Proration


class SubscriptionCancelled(Payload, name="order.cancel-subscription"):
    """Somebody's subscription will not be renewed."""

    user_id: int
    subscription_id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which plan is to be whose, and the line of an order that it was bought by."""

    user_id: int
    subscription_plan_id: int
    order_item_id: int | None = None


class SubscriptionRow(Row, HasIsLive, HasTimestamps):
    """One live one a user. ``cancelled_at``: it ends on its end date and is not renewed."""

    __tablename__ = "users_to_subscription_plans"
    __table_args__ = (
        Index(
            "uq_users_to_subscription_plans_user_id",
            "user_id",
            unique=True,
            postgresql_where=text("is_active and not is_deleted"),
        ),
        CheckConstraint("start_date <= end_date", name="dates"),
        Index("ix_users_to_subscription_plans_end_date", "end_date", postgresql_where=text("is_live")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subscription_plan_id: Mapped[int] = mapped_column(ForeignKey("subscription_plans.id"), index=True)
    order_item_id: Mapped[int | None] = mapped_column(ForeignKey("order_items.id"), index=True)
    stripe_subscription_plan_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    start_date: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    end_date: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    price_per_credit: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    subscription_plan: Mapped[SubscriptionPlanRow] = related()


class Subscription(Timestamped):
    """A plan somebody pays for, from ``start_date`` until before ``end_date``."""

    id: int
    user_id: int
    subscription_plan_id: int
    order_item_id: int | None
    stripe_subscription_plan_id: str | None
    start_date: datetime
    end_date: datetime
    price_per_credit: Money | None
    cancelled_at: datetime | None
    is_active: bool
    is_deleted: bool
    subscription_plan: SubscriptionPlan | None = None

    def is_current(self, now: datetime) -> bool:
        """Whether it holds at this moment: neither to come nor over."""
        return self.is_active and not self.is_deleted and self.start_date <= now < self.end_date


class SubscriptionRepository(Repository[SubscriptionRow, Subscription]):
    """Subscriptions."""

    graphs: ClassVar = {"default": ("subscription_plan",)}
    unique_key = ("user_id",)

    def live(self, user_id: int) -> Subscription | None:
        """The user's live one, held until the transaction ends."""
        return self._first(self.query({"user_id": user_id, "is_live": True}).with_for_update())

    def free(self, where: ColumnElement[bool], limit: int) -> list[Subscription]:
        """Some that fit and nobody else is at, held until the transaction ends."""
        return self._entities(self.query(where).limit(limit).with_for_update(skip_locked=True))

    def locked(self, id: int) -> Subscription | None:
        """The subscription, held until the transaction ends."""
        return self._first(self.query({"id": id}).with_for_update())


class SubscriptionService(
    Observable[Subscription],
    Pluggable[Subscription],
    AccessControlled[Subscription],
    SoftDeletable[Subscription],
    Activatable[Subscription],
):
    """Subscriptions: people see and cancel their own; payments start and renew them."""

    repository: SubscriptionRepository
    public: ClassVar = False
    policies: ClassVar[Mapping[str, Policy]] = {
        **dict.fromkeys(
            (
                *WRITES,
                *REMOVALS,
                *SWITCHES,
                "renew",
                "expire",
            ),
            nobody,
        ),
        "start": anybody,
    }

    # -- asking

    def current(self, user_id: int) -> Subscription | None:
        """The user's subscription that holds now, with its plan, or None."""
        found = self.get_one_with_relations({"user_id": user_id, "is_live": True})
        return found if found and found.is_current(self._now()) else None

    def current_period(self, user_id: int) -> BillingPeriod | None:
        """The month of the user's subscription that is now, or None."""
        held = self.current(user_id)
        return BillingPeriodRepository(self.work.session).at(held.id, self._now()) if held else None

    def quote(self, user_id: int, plan_id: int) -> tuple[Decimal, Proration]:
        """What is to pay now to change to another plan, and what the old one gives back for it.

        Raises NotFound for who has no subscription, or a plan that is not offered.
        """
        held = self.current(user_id)
        if held is None:
            raise NotFound("You have no subscription to change.")
        back = prorated(self._months.left(held), self._now())
        return max(self._offered(plan_id).price - back.given_back, ZERO), back

    # -- moving

    def start(
        self, user_id: int, plan_id: int, *, paid: Decimal, order_item_id: int | None = None
    ) -> Subscription:
        """A subscription from now on, for *paid* off the user's pay-as-you-go account.

        It takes the place of the one the user has: what is left of that goes onto the account first. For the
        domain's services, which have decided that it is paid for.
        Raises NotFound for a plan that is not offered, unless it was ordered; InsufficientFunds.
        """
        wanted = Wanted(user_id, plan_id, order_item_id)
        return self._perform(
            Write(name="start", items=(asdict(wanted),)), lambda: self._started(wanted, paid)
        )

    def upgrade(self, user_id: int, plan_id: int) -> Subscription:
        """As :meth:`start`, at the plan's price, for who has another. :meth:`quote` says what has to be on
        the account for it. A cheaper plan leaves the difference there, for what is bought next."""
        wanted = Wanted(user_id, plan_id)
        return self._perform(Write(name="upgrade", items=(asdict(wanted),)), lambda: self._upgraded(wanted))

    def renew(self, id: int, *, paid: Decimal, key: str) -> Subscription:
        """Extend it by what its plan is billed for; once for each *key*. Raises Conflict if it was ended."""
        key = f"subscription:{id}:renewal:{key}"
        return self._perform(Write(name="renew", id=id), lambda: self._renewed(id, paid, key))

    def cancel(self, id: int) -> Subscription:
        """Let it end on its end date: what is paid stays usable until then. Twice is once."""
        return self._perform(Write(name="cancel", id=id), lambda: self._cancelled(id))

    def expire(self, limit: int = 100) -> int:
        """End what is over, *limit* at a time; returns how many. Credits nobody spent become the house's.

        Where there is none, nothing happened: no event tells of it.
        """
        row, unspent, now = self.repository.row, CreditRepository(self.work.session), self._now()
        over = (row.end_date <= now) & (row.is_live == true())
        lapsed = (CreditRow.expires_at <= now) & CreditRow.is_active
        if not self.repository.exists(over) and not unspent.exists(lapsed):
            return 0
        return self._perform(
            Write(name="expire"),
            lambda: self._expired(self.repository.free(over, limit), unspent.free(lapsed, limit)),
        )

    # -- how

    @property
    def _months(self) -> Months:
        return Months(self.work)

    def _now(self) -> datetime:
        now: datetime = self.work.session.scalars(select(func.statement_timestamp())).one()
        return now

    def _plan(self, plan_id: int) -> SubscriptionPlan:
        found = SubscriptionPlanRepository(self.work.session).find_by_id(plan_id)
        if found is None:
            raise NotFound("There is no such plan.")
        return found

    def _offered(self, plan_id: int) -> SubscriptionPlan:
        plan = self._plan(plan_id)
        if not plan.is_active:
            raise NotFound("This plan is not offered any more.")
        return plan

    def _started(self, wanted: Wanted, paid: Decimal) -> Subscription:
        ordered = wanted.order_item_id is not None  # it was offered then, and may be paid for already
        plan = (self._plan if ordered else self._offered)(wanted.subscription_plan_id)
        now = self._now()
        held = self.repository.live(wanted.user_id)
        if held is not None:
            ended = {"is_active": False, "end_date": min(now, held.end_date)}
            self._months.close(self._there(self.repository.update(held.id, ended)), now)
        dates = {
            "start_date": now,
            "end_date": end_of(plan, now),
            "price_per_credit": plan.price_per_credit,
        }
        made = self.repository.create({**asdict(wanted), **dates})
        self._months.open(made, plan, now, paid, key=f"subscription:{made.id}:start")
        return made

    def _upgraded(self, wanted: Wanted) -> Subscription:
        if self.current(wanted.user_id) is None:
            raise NotFound("You have no subscription to change.")
        return self._started(wanted, self._offered(wanted.subscription_plan_id).price)

    def _renewed(self, id: int, paid: Decimal, key: str) -> Subscription:
        held = self._there(self.repository.locked(id))
        if TransactionRepository(self.work.session).find_by_key(key):
            return held
        if not held.is_active or held.is_deleted:
            raise Conflict("This subscription has ended; start another.")
        if paid <= 0:
            raise Invalid("A renewal is paid for.")
        plan, begins = self._plan(held.subscription_plan_id), max(held.end_date, self._now())
        self._months.open(held, plan, begins, paid, key=key)
        until = {"end_date": end_of(plan, begins), "cancelled_at": None}
        return self._there(self.repository.update(id, until))

    def _cancelled(self, id: int) -> Subscription:
        held = self._there(self.repository.locked(id))
        if held.cancelled_at is not None:
            return held
        self.work.emit(SubscriptionCancelled(user_id=held.user_id, subscription_id=id).event())
        return self._there(self.repository.update(id, {"cancelled_at": func.statement_timestamp()}))

    def _expired(self, over: Sequence[Subscription], lapsed: Sequence[Credit]) -> int:
        self.repository.update_where({"id": [one.id for one in over]}, {"is_active": False})
        self._months.lapse(lapsed)
        return len(over) + len(lapsed)
