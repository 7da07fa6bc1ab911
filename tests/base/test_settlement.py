"""Settlement and refunds: who gets what of a paid order, and how it is given back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.base.money import CASH, EARNED, PAID, Market, books_are_right
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.carts import CartService
from vectoricons.cashout_requests import CashoutMethod, CashoutRequestService
from vectoricons.common.errors import Conflict, Forbidden, NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.credits import CreditRepository, CreditService, CreditType, NotEnoughCredits
from vectoricons.orders import OrderService, OrderStatus
from vectoricons.orders.checkout import Checkout
from vectoricons.purchased_items import PurchasedItemService
from vectoricons.transactions import cards
from vectoricons.transactions.commission import split
from vectoricons.transactions.refunds import Refunds
from vectoricons.transactions.settlement import Settlement
from vectoricons.transactions.transactions_view import AccountEntryService
from vectoricons.users import User

PREPAID, OWED, BORNE = (
    AccountTypeId.USER_PREPAID_CREDITS,
    AccountTypeId.LIABILITY,
    AccountTypeId.EXPENSE,
)


@pytest.fixture
def market(work: UnitOfWork) -> Market:
    return Market(work)


@pytest.fixture
def buyer(market: Market) -> User:
    return market.user()


@given(st.decimals("0.01", "99999.99", places=2))
def test_share_and_commission_are_the_whole_to_the_cent(amount: Decimal) -> None:
    parts = split(amount)
    assert parts.share + parts.commission == amount
    assert abs(parts.commission - amount * Decimal("0.40")) <= Decimal("0.005")


def test_a_charge_completes_the_order_and_pays_seller_and_house(market: Market, buyer: User) -> None:
    order = market.paid(buyer, market.icon("10.00"))
    assert order.status == OrderStatus.COMPLETED
    assert market.on(market.contributor, EARNED) == Decimal("6.00")
    assert market.on(None, EARNED) == Decimal("4.00")
    assert (market.on(buyer, PAID), market.on(None, CASH)) == (0, Decimal("-10.00"))
    assert books_are_right(market.work)


def test_a_charge_told_twice_settles_once(market: Market, buyer: User) -> None:
    order = market.order(buyer, market.icon("10.00"))
    market.charge(order, "pi_1")
    market.charge(order, "pi_1")
    assert market.on(None, CASH) == Decimal("-10.00")
    assert market.on(market.contributor, EARNED) == Decimal("6.00")


@pytest.mark.parametrize("twist", ["paid before", "given up", "another amount"])
def test_a_charge_that_buys_nothing_is_owed_to_its_card(market: Market, buyer: User, twist: str) -> None:
    order = market.order(buyer, market.icon("10.00"))
    amount = order.discounted_total
    if twist == "paid before":
        market.charge(order)
    elif twist == "given up":
        OrderService(market.work).cancel(order.id)
    else:
        amount = Decimal("1.00")
    Settlement(market.work).receive(order.id, charge="pi_late", amount=amount)
    assert market.on(None, OWED) == amount
    assert [(one.charge, one.amount) for one in cards.due(market.work)] == [("pi_late", amount)]
    assert market.on(buyer, PAID) == 0
    assert books_are_right(market.work)


def test_a_seller_s_share_is_of_what_the_coupon_left(market: Market, buyer: User) -> None:
    market.fill(buyer, market.icon("10.00"), market.icon("10.00"))
    cart = CartService(market.buying(buyer)).apply_coupon(buyer.id, market.coupon("5.00").code)
    order = Checkout(market.buying(buyer)).place(buyer.id, key="the-first-attempt", total=cart.total)
    market.charge(order)
    assert market.on(None, CASH) == Decimal("-15.00")
    assert market.on(market.contributor, EARNED) == Decimal("9.00")
    Refunds(market.work).refund(order.id)
    assert market.on(None, OWED) == Decimal("15.00")
    assert books_are_right(market.work)


def test_whoever_buys_credits_has_them_and_their_worth(market: Market, buyer: User) -> None:
    market.pack(buyer, 25)
    assert CreditService(market.work).available(buyer.id, CreditType.PREPAID) == 25
    assert market.on(buyer, PREPAID) == Decimal("25.00") == market.worth(buyer)
    assert market.on(None, EARNED) == 0, "nothing is earned until they are spent"


def test_credits_pay_an_order_and_its_seller(market: Market, buyer: User) -> None:
    market.pack(buyer, 10)
    order = market.order(buyer, market.icon("2.00"), market.icon("4.50"))
    paid = Settlement(market.buying(buyer)).pay_with_credits(order.id)
    assert paid.status == OrderStatus.COMPLETED
    assert CreditService(market.work).available(buyer.id, CreditType.PREPAID) == 3, "4.50 takes five"
    assert market.on(market.contributor, EARNED) == Decimal("4.20")
    assert books_are_right(market.work)
    again = Settlement(market.buying(buyer)).pay_with_credits(order.id)
    assert again.status == OrderStatus.COMPLETED
    assert market.on(buyer, PREPAID) == Decimal("3.00")


def test_too_few_credits_take_none(market: Market, buyer: User) -> None:
    market.pack(buyer, 10)
    order = market.order(buyer, market.icon("11.00"))
    with pytest.raises(NotEnoughCredits, match="You have 10"):
        Settlement(market.buying(buyer)).pay_with_credits(order.id)
    assert CreditService(market.work).available(buyer.id, CreditType.PREPAID) == 10


def test_credits_buy_no_subscription_and_nobody_spends_another_s(market: Market, buyer: User) -> None:
    market.pack(buyer, 100)
    order = market.order(buyer, market.plan("10.00"))
    with pytest.raises(Conflict, match="by card"):
        Settlement(market.buying(buyer)).pay_with_credits(order.id)
    with pytest.raises((Forbidden, NotFound)):
        Settlement(market.buying(market.user())).pay_with_credits(order.id)


def test_buyers_cannot_say_that_they_paid(market: Market, buyer: User) -> None:
    order = market.order(buyer, market.icon("10.00"))
    with pytest.raises(Forbidden):
        Settlement(market.buying(buyer)).receive(order.id, charge="pi_mine", amount=Decimal("10.00"))
    with pytest.raises(Conflict, match=r"costs \$10"):
        Settlement(market.buying(buyer)).settle(order.id)


def test_a_whole_refund_reverses_share_and_commission(market: Market, buyer: User) -> None:
    icon = market.icon("10.00")
    order = market.paid(buyer, icon)
    Refunds(market.work).refund(order.id)
    assert market.on(market.contributor, EARNED) == market.on(None, EARNED) == 0
    assert market.on(None, OWED) == Decimal("10.00")
    assert OrderService(market.work).assert_exists(order.id).status == OrderStatus.REFUNDED
    assert not PurchasedItemService(market.work).owns(buyer.id, "icon", icon.id)
    assert books_are_right(market.work)


def test_a_refund_by_item_gives_back_that_item_once(market: Market, buyer: User) -> None:
    order = market.order(buyer, market.icon("10.00"), market.icon("5.00"))
    market.charge(order)
    first, second = order.order_items
    assert [line.id for line in Refunds(market.work).refund(order.id, [first.id])] == [first.id]
    assert Refunds(market.work).refund(order.id, [first.id]) == []
    assert market.on(None, OWED) == Decimal("10.00")
    Refunds(market.work).refund(order.id)
    assert market.on(None, OWED) == Decimal("15.00"), "never more than was paid"
    assert [line.id for line in Refunds(market.work).refund(order.id)] == []
    assert second.id
    assert books_are_right(market.work)


def test_what_a_seller_was_paid_out_already_the_house_bears(market: Market, buyer: User) -> None:
    order = market.paid(buyer, market.icon("20.00"))
    contributor = market.acting_as(market.contributor, Role.CONTRIBUTOR)
    CashoutRequestService(contributor).request(
        market.contributor.id, Decimal("12.00"), email="ann@example.org", method=CashoutMethod.PAYPAL
    )
    Refunds(market.work).refund(order.id)
    assert market.on(None, BORNE) == Decimal("-12.00")
    assert market.on(market.contributor, EARNED) == 0
    assert books_are_right(market.work)


def test_an_order_paid_by_credits_gives_credits_back(market: Market, buyer: User) -> None:
    market.pack(buyer, 10)
    order = market.order(buyer, market.icon("2.00"), market.icon("4.50"))
    Settlement(market.buying(buyer)).pay_with_credits(order.id)
    Refunds(market.work).refund(order.id)
    assert CreditService(market.work).available(buyer.id, CreditType.PREPAID) == 10
    assert market.on(buyer, PREPAID) == Decimal("10.00")
    assert cards.due(market.work) == []
    assert books_are_right(market.work)


def test_of_credits_what_is_left_is_given_back(market: Market, buyer: User) -> None:
    pack = market.pack(buyer, 10)
    order = market.order(buyer, market.icon("4.00"))
    Settlement(market.buying(buyer)).pay_with_credits(order.id)
    Refunds(market.work).refund(pack.id)
    assert market.on(None, OWED) == Decimal("6.00")
    assert CreditService(market.work).available(buyer.id, CreditType.PREPAID) == 0
    assert books_are_right(market.work)


def test_only_what_was_paid_can_be_refunded_and_not_by_buyers(market: Market, buyer: User) -> None:
    order = market.order(buyer, market.icon("10.00"))
    with pytest.raises(Conflict, match="pending"):
        Refunds(market.work).refund(order.id)
    market.charge(order)
    with pytest.raises(Forbidden):
        Refunds(market.buying(buyer)).refund(order.id)


def test_people_read_what_moved_on_their_accounts_and_why(market: Market, buyer: User) -> None:
    icon = market.icon("10.00")
    market.paid(buyer, icon)
    own = AccountEntryService(market.acting_as(market.contributor, Role.CONTRIBUTOR)).get_all()
    assert [(one.signed, one.transaction_category, one.entity_type, one.entity_id) for one in own] == [
        (Decimal("6.00"), "sale", "icon", icon.id)
    ]
    bought = AccountEntryService(market.buying(buyer)).get_all()
    assert sum(one.signed for one in bought) == 0
    assert CreditRepository(market.work.session).count({"user_id": buyer.id}) == 0
