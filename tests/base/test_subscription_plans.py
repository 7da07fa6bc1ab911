"""Subscription plans: what a download costs is the database's to say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.base.shop import Shop
from vectoricons.common.errors import Forbidden, Invalid
from vectoricons.products.subscriptions.subscription_plans import BillingPeriod, SubscriptionPlanService
from vectoricons.users import User


@pytest.mark.parametrize(
    ("period", "price", "downloads", "expected"),
    [
        ("monthly", "10.00", 4, "2.50"),
        ("monthly", "10.00", 3, "3.33"),
        ("yearly", "120.00", 4, "2.50"),
        ("yearly", "100.00", 7, "1.19"),
        ("monthly", "0.00", 5, "0.00"),
        ("monthly", "10.00", 0, None),
    ],
)
def test_the_price_of_a_credit_is_that_of_one_download_of_a_month(
    shop: Shop, period: str, price: str, downloads: int, expected: str | None
) -> None:
    plan = shop.plan(price, billing_period=period, monthly_downloads=downloads)
    assert plan.price_per_credit == (expected and Decimal(expected))


def test_the_price_of_a_credit_follows_the_plan_and_nobody_sets_it(shop: Shop) -> None:
    plan = shop.plan("10.00")
    plans = SubscriptionPlanService(shop.work)
    assert plans.update(plan.id, {"monthly_downloads": 8}).price_per_credit == Decimal("1.25")
    administrator = SubscriptionPlanService(shop.acting_as(shop.user(), "admin"))
    for given in ({"price_per_credit": Decimal(1)}, {"title": "New", "price_per_credit": Decimal(1)}):
        with pytest.raises((Forbidden, Invalid)):
            administrator.update(plan.id, given)


@pytest.mark.parametrize("given", [{"billing_period": "weekly"}, {"stripe_price_id": None}, {"price": -1}])
def test_a_plan_that_cannot_be_is_refused_in_words(shop: Shop, given: dict[str, object]) -> None:
    with pytest.raises(Invalid), shop.work.savepoint():
        shop.plan(**{"price": "1", **given})


def test_what_a_plan_does_not_say_is_nothing(shop: Shop) -> None:
    plan = shop.plan()
    assert (plan.seats, plan.addons, plan.is_active) == (0, 0, True)


def test_only_active_plans_are_offered(shop: Shop, buyer: User) -> None:
    monthly = shop.plan(group_name="pro")
    yearly = shop.plan(group_name="pro", billing_period="yearly")
    shop.plan(group_name="pro", is_active=False)
    plans = SubscriptionPlanService(shop.buying(buyer))
    assert plans.get_by_group_name("pro") == [monthly, yearly]
    assert plans.get_by_billing_period(BillingPeriod.YEARLY) == [yearly]
    assert plans.get_active() == [monthly, yearly]
