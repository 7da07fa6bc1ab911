"""Subscriptions held: months, their credits, renewal, cancellation, and what a change gives back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tests.base.money import EARNED, PAID, Market, books_are_right
from tests.base.world import word
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.billing_periods import BillingPeriodRepository, in_parts, months_after
from vectoricons.common.errors import Conflict, Forbidden, NotFound
from vectoricons.common.outbox import EventOutboxRow
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.credits import CreditRepository, CreditService, CreditType, NotEnoughCredits
from vectoricons.products.subscriptions.subscription_plans import SubscriptionPlan
from vectoricons.transactions import cards
from vectoricons.transactions.refunds import Refunds
from vectoricons.transactions.settlement import Settlement
from vectoricons.users import User
from vectoricons.users.users_to_subscription_plans import Subscription, SubscriptionService
from vectoricons.users.users_to_subscription_plans.proration import Unused, prorate

UNSPENT = AccountTypeId.USER_SUBSCRIBER_CREDITS
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
MONEY = st.decimals("0", "9999.99", places=2)


@pytest.fixture
def market(work: UnitOfWork) -> Market:
    return Market(work)


@pytest.fixture
def buyer(market: Market) -> User:
    return market.user()


def subscribed(market: Market, user: User, plan: SubscriptionPlan) -> Subscription:
    market.paid(user, plan)
    held = SubscriptionService(market.work).current(user.id)
    assert held is not None
    return held


def wind_back(market: Market, held: Subscription, days: int) -> None:
    """Have the subscription begun *days* ago."""
    for table, columns in {
        "users_to_subscription_plans": ("start_date", "end_date"),
        "billing_periods": ("starts_at", "ends_at"),
        "credits": ("starts_at", "expires_at"),
    }.items():
        moved = ", ".join(f"{column} = {column} - make_interval(days => :days)" for column in columns)
        market.work.session.execute(
            text(f"update {table} set {moved} where user_id = :user"),  # noqa: S608  (names from above)
            {"days": days, "user": held.user_id},
        )


def test_a_month_is_so_many_credits_worth_its_price(market: Market, buyer: User) -> None:
    held = subscribed(market, buyer, market.plan("9.99", monthly_downloads=4))
    assert held.end_date == months_after(held.start_date, 1)
    assert CreditService(market.work).available(buyer.id, CreditType.SUBSCRIBER) == 4
    assert market.on(buyer, UNSPENT) == Decimal("9.99") == market.worth(buyer)
    assert books_are_right(market.work)


def test_a_year_is_twelve_months_that_cost_it_together(market: Market, buyer: User) -> None:
    held = subscribed(market, buyer, market.plan("100.00", billing_period="yearly"))
    months = BillingPeriodRepository(market.work.session).find_all({"subscription_id": held.id})
    assert [month.number for month in months] == list(range(1, 13))
    assert sum(month.price for month in months) == Decimal("100.00")
    assert months[-1].ends_at == held.end_date
    assert CreditService(market.work).available(buyer.id, CreditType.SUBSCRIBER) == 4, "this month's alone"


def test_a_download_takes_a_credit_and_pays_its_seller(market: Market, buyer: User) -> None:
    subscribed(market, buyer, market.plan("10.00", monthly_downloads=3))
    settlement = Settlement(market.buying(buyer))
    worth = [settlement.download(buyer.id, market.contributor.id, key=word("d")).worth for _ in range(3)]
    assert worth == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert sum(worth) == Decimal("10.00"), "no cent is lost"
    assert market.on(market.contributor, EARNED) + market.on(None, EARNED) == Decimal("10.00")
    with pytest.raises(NotEnoughCredits):
        settlement.download(buyer.id, market.contributor.id, key=word("d"))
    assert books_are_right(market.work)


def test_a_renewal_goes_on_where_the_last_month_ended_once_a_key(market: Market, buyer: User) -> None:
    held = subscribed(market, buyer, market.plan("10.00"))
    cards.receive(market.work, buyer.id, Decimal("10.00"), "in_1")
    service = SubscriptionService(market.work)
    first = service.renew(held.id, paid=Decimal("10.00"), key="in_1")
    again = service.renew(held.id, paid=Decimal("10.00"), key="in_1")
    assert first.end_date == again.end_date == months_after(held.end_date, 1)
    months = BillingPeriodRepository(market.work.session).find_all({"subscription_id": held.id})
    assert [month.starts_at for month in months] == [held.start_date, held.end_date]
    assert market.on(buyer, UNSPENT) == Decimal("20.00")


def test_a_cancelled_subscription_stays_usable_until_it_ends(market: Market, buyer: User) -> None:
    held = subscribed(market, buyer, market.plan())
    own = SubscriptionService(market.buying(buyer))
    first, again = own.cancel(held.id), own.cancel(held.id)
    assert first.cancelled_at == again.cancelled_at
    assert own.current(buyer.id) is not None
    told = market.work.session.query(EventOutboxRow).filter_by(name="order.cancel-subscription").all()
    assert [event.data["userId"] for event in told] == [buyer.id], "told once"
    with pytest.raises((Forbidden, NotFound)):
        SubscriptionService(market.buying(market.user())).cancel(held.id)


def test_what_is_over_ends_and_what_nobody_spent_is_the_house_s(market: Market, buyer: User) -> None:
    held = subscribed(market, buyer, market.plan("10.00"))
    wind_back(market, held, days=40)
    service = SubscriptionService(market.work)
    assert service.current(buyer.id) is None
    assert service.expire() == 2
    assert service.expire() == 0
    assert (market.on(buyer, UNSPENT), market.on(None, EARNED)) == (0, Decimal("10.00"))
    with pytest.raises(Conflict, match="has ended"):
        service.renew(held.id, paid=Decimal("10.00"), key="late")
    assert books_are_right(market.work)


def test_an_upgrade_gives_back_the_lesser_of_days_and_credits_to_come(market: Market, buyer: User) -> None:
    held = subscribed(market, buyer, market.plan("30.00", monthly_downloads=10))
    for _ in range(2):
        Settlement(market.buying(buyer)).download(buyer.id, market.contributor.id, key=word("d"))
    bigger = market.plan("50.00", monthly_downloads=40)
    own = SubscriptionService(market.buying(buyer))
    due, back = own.quote(buyer.id, bigger.id)
    assert (due, back.given_back) == (Decimal("26.00"), Decimal("24.00")), "two of ten were spent"
    cards.receive(market.work, buyer.id, due, "pi_upgrade")
    upgraded = own.upgrade(buyer.id, bigger.id)
    assert upgraded.id != held.id
    assert CreditService(market.work).available(buyer.id, CreditType.SUBSCRIBER) == 40
    assert (market.on(buyer, PAID), market.on(buyer, UNSPENT)) == (0, Decimal("50.00"))
    assert books_are_right(market.work)


def test_a_downgrade_leaves_the_difference_for_what_is_bought_next(market: Market, buyer: User) -> None:
    subscribed(market, buyer, market.plan("30.00"))
    smaller = market.plan("10.00")
    own = SubscriptionService(market.buying(buyer))
    assert own.quote(buyer.id, smaller.id)[0] == 0
    own.upgrade(buyer.id, smaller.id)
    assert market.on(buyer, PAID) == Decimal("20.00")
    assert books_are_right(market.work)


def test_a_subscription_bought_anew_takes_the_place_of_the_old(market: Market, buyer: User) -> None:
    first = subscribed(market, buyer, market.plan("10.00"))
    second = subscribed(market, buyer, market.plan("20.00"))
    assert first.id != second.id
    live = SubscriptionService(market.work).get_where({"user_id": buyer.id, "is_live": True})
    assert [one.id for one in live] == [second.id]
    assert market.on(buyer, PAID) == Decimal("10.00")


def test_a_refunded_subscription_ends_and_gives_back_what_was_not_spent(market: Market, buyer: User) -> None:
    order = market.paid(buyer, market.plan("10.00", monthly_downloads=4))
    Settlement(market.buying(buyer)).download(buyer.id, market.contributor.id, key=word("d"))
    Refunds(market.work).refund(order.id)
    assert SubscriptionService(market.work).current(buyer.id) is None
    assert market.on(None, AccountTypeId.LIABILITY) == Decimal("7.50")
    assert CreditRepository(market.work.session).count({"user_id": buyer.id, "is_active": True}) == 0
    assert books_are_right(market.work)


def test_a_refund_of_the_first_month_does_not_give_back_the_second(market: Market, buyer: User) -> None:
    order = market.paid(buyer, market.plan("10.00"))
    held = SubscriptionService(market.work).current(buyer.id)
    assert held is not None
    cards.receive(market.work, buyer.id, Decimal("10.00"), "in_2")
    SubscriptionService(market.work).renew(held.id, paid=Decimal("10.00"), key="in_2")
    Refunds(market.work).refund(order.id)
    assert market.on(None, AccountTypeId.LIABILITY) == Decimal("10.00"), "never more than was paid"
    assert books_are_right(market.work)


def test_a_plan_without_downloads_is_earned_at_once(market: Market, buyer: User) -> None:
    subscribed(market, buyer, market.plan("10.00", monthly_downloads=0))
    assert market.on(None, EARNED) == Decimal("10.00")


def test_people_see_and_change_their_own_subscription_alone(market: Market, buyer: User) -> None:
    held, other = subscribed(market, buyer, market.plan()), market.user()
    theirs = SubscriptionService(market.acting_as(other, Role.CUSTOMER))
    assert theirs.get_by_id(held.id) is None
    with pytest.raises(NotFound):
        theirs.quote(other.id, held.subscription_plan_id)
    with pytest.raises(Forbidden):
        theirs.upgrade(buyer.id, held.subscription_plan_id)
    with pytest.raises((Forbidden, NotFound)):
        theirs.renew(held.id, paid=Decimal("10.00"), key="mine")


@given(price=MONEY, months=st.integers(1, 24))
def test_parts_of_a_price_differ_by_a_cent_at_most_and_add_up(price: Decimal, months: int) -> None:
    parts = list(in_parts(price, months))
    assert sum(parts) == price
    assert max(parts) - min(parts) <= Decimal("0.01")
    assert parts == sorted(parts, reverse=True)


@given(start=MOMENTS, first=st.integers(0, 12), second=st.integers(1, 12))
def test_months_follow_one_another_without_a_gap_from_any_day(
    start: datetime, first: int, second: int
) -> None:
    assert months_after(start, first) < months_after(start, first + second)
    assert months_after(start, first).day == start.day or months_after(start, first).day >= 28
    assert (months_after(start, 12).month, months_after(start, 12).year) == (start.month, start.year + 1)


@given(
    price=MONEY,
    spent=st.decimals("0", "1", places=2),
    early=st.integers(-40, 40),
    later=st.integers(0, 40),
    start=MOMENTS,
)
def test_proration_is_never_more_than_is_left_and_never_grows_with_time(
    price: Decimal, spent: Decimal, early: int, later: int, start: datetime
) -> None:
    worth = (price * (1 - spent)).quantize(Decimal("0.01"))
    month = Unused(start, months_after(start, 1), price, worth)
    first = prorate([month], start + timedelta(days=early))
    second = prorate([month], start + timedelta(days=early + later))
    assert first.whole == second.whole == worth, "to the cent"
    assert 0 <= second.given_back <= first.given_back <= worth
    assert prorate([month], month.starts_at).given_back == worth
    assert prorate([month], month.ends_at).given_back == 0
