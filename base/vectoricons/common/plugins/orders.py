"""Plugins about orders and subscriptions: confirmations, offers, words to people on duty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from vectoricons.common.entity import Money
from vectoricons.common.plugins import templates
from vectoricons.common.plugins.accounts import Person
from vectoricons.common.plugins.notifications import Channel
from vectoricons.common.plugins.plugin import Desk
from vectoricons.coupon_codes import CouponCode, CouponCodeService
from vectoricons.coupon_codes.validators import CouponScope, CouponType

OFFER_LIFE = timedelta(days=30)
WELCOME = Decimal(10)
WELCOME_FROM = Decimal(5)
WIN_BACK = 50  # per cent
WIN_BACK_FROM = Decimal(72)


class Ordered(Person):
    """An order that was paid."""

    order_id: int
    amount: Money


class CreditsBought(Person):
    """Credits that were paid."""

    quantity: int


def order_confirmation(desk: Desk, told: Ordered) -> None:
    """Confirm an order to its buyer."""
    letter = templates.OrderConfirmation(order_id=told.order_id, amount=told.amount)
    desk.write(letter, desk.user(told.user_id))


def welcome_offer(desk: Desk, told: Person) -> None:
    """Give who proved their address a coupon of their own for a first subscription."""
    user = desk.user(told.user_id)
    coupon = _coupon(desk, user.id, CouponType.FIXED, WELCOME, at_least=WELCOME_FROM)
    desk.write(templates.WelcomeOffer(coupon_code=coupon.code, amount=WELCOME), user)


def cancel_subscription_offer(desk: Desk, told: Person) -> None:
    """Offer who cancelled a subscription the yearly plan for half its price."""
    user = desk.user(told.user_id)
    coupon = _coupon(desk, user.id, CouponType.PERCENTAGE, Decimal(WIN_BACK), at_least=WIN_BACK_FROM)
    desk.write(templates.CancelSubscription(coupon_code=coupon.code, percentage=WIN_BACK), user)


def slack_subscription_cancelled(desk: Desk, told: Person) -> None:
    """Have people read who cancelled a subscription."""
    desk.tell(Channel.TRANSACTIONS, f"{desk.user(told.user_id).username} cancelled a subscription.")


def slack_credits_purchased(desk: Desk, told: CreditsBought) -> None:
    """Have people read who bought credits, and how many."""
    buyer = desk.user(told.user_id).username
    desk.tell(Channel.TRANSACTIONS, f"{buyer} bought {told.quantity:,} credits.")


def _coupon(desk: Desk, user_id: int, kind: CouponType, amount: Decimal, *, at_least: Decimal) -> CouponCode:
    """A coupon for a subscription, good once."""
    now = datetime.now(UTC)
    offer: dict[str, Any] = {
        "type": kind,
        "amount": amount,
        "scope": CouponScope.SUBSCRIPTION,
        "max_uses": 1,
        "min_purchase_amount": at_least,
        "start_date": now,
        "end_date": now + OFFER_LIFE,
        "user_id": user_id,
    }
    return CouponCodeService(desk.work).create_random(offer)
