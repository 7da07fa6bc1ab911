"""Checkout: one transaction, one order a key, and no other price than the one that was agreed on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.base.shop import Shop
from vectoricons.accounts import AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.carts import CartRepository, CartService, CartStatus
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Forbidden, Invalid
from vectoricons.coupon_codes import CouponCodeRepository
from vectoricons.coupon_codes.coupon_codes_to_orders import CouponCodeToOrderRepository
from vectoricons.coupon_codes.results import CouponRefused, Result
from vectoricons.credits import CreditService, CreditType, NotEnoughCredits
from vectoricons.orders import OrderRepository, OrderService, OrderStatus
from vectoricons.orders.checkout import Checkout, PriceChanged
from vectoricons.orders.order_items import OrderItemRepository
from vectoricons.products.icons import IconRepository
from vectoricons.purchased_items import PurchasedItemService
from vectoricons.transactions.commission import split
from vectoricons.users import User
from vectoricons.users.users_to_subscription_plans import SubscriptionService

KEY = "b0f3c7b2-1f7c-4a55-8f0b-0c9a5a1f2d3e"


def test_the_prices_of_an_order_are_frozen_whatever_happens_after(shop: Shop, buyer: User) -> None:
    icon = shop.icon("10.00")
    shop.fill(buyer, icon)
    CartService(shop.buying(buyer)).apply_coupon(buyer.id, shop.coupon("25", type="percentage").code)
    order = shop.order(buyer)
    IconRepository(shop.work.session).update(icon.id, {"price": Decimal("99.00"), "name": "Other"})
    found = OrderService(shop.buying(buyer)).get_one_with_relations({"id": order.id})
    assert found is not None
    (line,) = found.order_items
    assert (line.name, line.amount, line.discounted_amount) == (icon.name, Decimal("10.00"), Decimal("7.50"))
    assert (found.total_amount, found.discounted_total) == (Decimal("10.00"), Decimal("7.50"))
    assert (found.status, line.seller_id) == (OrderStatus.PENDING, shop.contributor.id)


def test_a_line_of_an_order_knows_the_line_of_the_cart_it_was(shop: Shop, buyer: User) -> None:
    cart = shop.fill(buyer, shop.icon(), shop.plan())
    order = shop.order(buyer)
    assert [line.cart_item_id for line in order.order_items] == [line.id for line in cart.cart_items]
    assert order.cart_id == cart.id


def test_the_same_key_is_the_same_order(shop: Shop, buyer: User) -> None:
    cart, checkout = shop.fill(buyer, shop.icon()), Checkout(shop.buying(buyer))
    first = checkout.place(buyer.id, key=KEY, total=cart.total)
    shop.fill(buyer, shop.icon("9.00"))
    assert checkout.place(buyer.id, key=KEY, total=Decimal("9.00")) == first
    assert OrderRepository(shop.work.session).count({"user_id": buyer.id}) == 1


def test_a_key_is_its_buyers_own(shop: Shop, buyer: User) -> None:
    other = shop.user()
    orders = {
        Checkout(shop.buying(user)).place(user.id, key=KEY, total=shop.fill(user, shop.icon()).total).id
        for user in (buyer, other)
    }
    assert len(orders) == 2


@pytest.mark.parametrize("key", ["", "short", "with space in it", "x" * 65])
def test_a_key_that_is_none_is_refused_in_words(shop: Shop, buyer: User, key: str) -> None:
    with pytest.raises(Invalid, match="idempotency key"):
        Checkout(shop.buying(buyer)).place(buyer.id, key=key, total=Decimal(0))


def test_a_price_that_rose_is_not_charged_before_the_buyer_saw_it(shop: Shop, buyer: User) -> None:
    icon = shop.icon("2.00")
    agreed = shop.fill(buyer, icon).total
    IconRepository(shop.work.session).update(icon.id, {"price": Decimal("3.00")})
    with pytest.raises(PriceChanged, match=r"costs \$3\.00 now, not \$2\.00") as changed:
        Checkout(shop.buying(buyer)).place(buyer.id, key=KEY, total=agreed)
    assert changed.value.problem()["total"] == "3.00"


def test_a_coupon_that_ended_is_told_and_not_passed_over(shop: Shop, buyer: User) -> None:
    shop.fill(buyer, shop.icon("10.00"))
    coupon = shop.coupon("5.00")
    agreed = CartService(shop.buying(buyer)).apply_coupon(buyer.id, coupon.code).total
    CouponCodeRepository(shop.work.session).update(coupon.id, {"is_active": False})
    with pytest.raises(CouponRefused) as refused:
        Checkout(shop.buying(buyer)).place(buyer.id, key=KEY, total=agreed)
    assert refused.value.result is Result.COUPON_INACTIVE


def test_nothing_cannot_be_bought(shop: Shop, buyer: User) -> None:
    with pytest.raises(Conflict, match="empty"):
        Checkout(shop.buying(buyer)).place(buyer.id, key=KEY, total=Decimal(0))
    icon = shop.icon()
    shop.fill(buyer, icon)
    IconRepository(shop.work.session).update(icon.id, {"is_active": False})
    with pytest.raises(Conflict, match="on sale any more"):
        Checkout(shop.buying(buyer)).place(buyer.id, key=KEY, total=Decimal(0))


def test_what_costs_nothing_is_the_buyers_at_once(shop: Shop, buyer: User) -> None:
    icon = shop.icon("5.00")
    shop.fill(buyer, icon)
    CartService(shop.buying(buyer)).apply_coupon(buyer.id, shop.coupon("100", type="percentage").code)
    order = shop.order(buyer)
    assert (order.status, order.discounted_total) == (OrderStatus.COMPLETED, Decimal("0.00"))
    assert PurchasedItemService(shop.buying(buyer)).owns(buyer.id, "icon", icon.id)


def test_a_plan_for_nothing_begins_at_once(shop: Shop, buyer: User) -> None:
    plan = shop.plan("10.00")
    shop.fill(buyer, plan)
    coupon = shop.coupon("100", type="percentage", scope="subscription")
    CartService(shop.buying(buyer)).apply_coupon(buyer.id, coupon.code)
    assert shop.order(buyer).status is OrderStatus.COMPLETED
    held = SubscriptionService(shop.buying(buyer)).current(buyer.id)
    assert held is not None
    assert held.subscription_plan_id == plan.id


def test_credits_buy_at_once_and_the_seller_has_a_share(shop: Shop, buyer: User) -> None:
    CartService(shop.buying(buyer)).add(buyer.id, "credit", 10)
    shop.pay(shop.order(buyer))
    icon = shop.icon("5.00")
    total = shop.fill(buyer, icon).total
    checkout = Checkout(shop.buying(buyer))
    order = checkout.buy_with_credits(buyer.id, key=KEY, total=total)
    assert order.status is OrderStatus.COMPLETED
    assert checkout.buy_with_credits(buyer.id, key=KEY, total=total) == order
    assert PurchasedItemService(shop.buying(buyer)).owns(buyer.id, "icon", icon.id)
    left = CreditService(shop.buying(buyer)).available(buyer.id, CreditType.PREPAID)
    assert left == 5
    revenue = AccountService(shop.work).get_or_create(shop.contributor.id, AccountTypeId.REVENUE)
    assert revenue.balance == split(Decimal("5.00")).share


def test_without_enough_credits_there_is_no_order_either(shop: Shop, buyer: User) -> None:
    total = shop.fill(buyer, shop.icon("5.00")).total
    checkout = Checkout(shop.buying(buyer))
    with pytest.raises(NotEnoughCredits), shop.work.savepoint():
        checkout.buy_with_credits(buyer.id, key=KEY, total=total)
    assert not OrderRepository(shop.work.session).exists({"user_id": buyer.id})
    assert checkout.place(buyer.id, key=KEY, total=total).status is OrderStatus.PENDING


def test_somebody_else_places_no_order_of_ones_cart(shop: Shop, buyer: User) -> None:
    total = shop.fill(buyer, shop.icon()).total
    with pytest.raises(Forbidden):
        Checkout(shop.buying(shop.user())).place(buyer.id, key=KEY, total=total)


def test_an_ordered_cart_is_closed_and_the_next_one_is_new(shop: Shop, buyer: User) -> None:
    order = shop.order(buyer, shop.icon())
    cart = CartRepository(shop.work.session).find_by_id(order.cart_id or 0)
    assert cart is not None
    assert cart.status is CartStatus.ORDERED
    assert shop.fill(buyer, shop.icon()).id != cart.id


def test_a_request_sent_six_times_at_once_is_one_order(database: Database) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        shop = Shop(work)
        buyer, coupon = shop.user(), shop.coupon("1.00", max_uses=5)
        shop.fill(buyer, shop.icon("2.00"), shop.icon("3.00"))
        total = CartService(work).apply_coupon(buyer.id, coupon.code).total

    def place(_attempt: int) -> int:
        with database.unit_of_work(Actor.of(buyer)) as work:
            return Checkout(work).place(buyer.id, key=KEY, total=total).id

    with ThreadPoolExecutor(5) as threads:
        placed = set(threads.map(place, range(6)))
    with database.unit_of_work(Actor.system("test")) as work:
        (order,) = OrderRepository(work.session).find_all({"user_id": buyer.id})
        assert placed == {order.id}
        assert OrderItemRepository(work.session).count({"order_id": order.id}) == 2
        used = CouponCodeRepository(work.session).find_by_id(coupon.id)
        assert used is not None
        assert used.uses == 1


def test_two_tabs_with_a_key_each_make_one_order_of_one_cart(database: Database) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        shop = Shop(work)
        buyer = shop.user()
        total = shop.fill(buyer, shop.icon("2.00")).total

    def place(tab: int) -> str:
        try:
            with database.unit_of_work(Actor.of(buyer)) as work:
                return Checkout(work).place(buyer.id, key=f"tab-{tab:08}", total=total).status
        except Conflict as refused:
            return refused.detail

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(place, range(2))) == ["Your cart is empty.", "pending"]


@pytest.mark.parametrize(
    "step",
    [
        (OrderRepository, "create"),
        (OrderItemRepository, "create_many"),
        (CouponCodeToOrderRepository, "create"),
        (CouponCodeRepository, "use"),
    ],
    ids=lambda step: f"{step[0].__name__}.{step[1]}",
)
def test_a_crash_in_the_middle_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, step: tuple[type, str]
) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        shop = Shop(work)
        buyer, coupon = shop.user(), shop.coupon("1.00", max_uses=1)
        shop.fill(buyer, shop.icon("2.00"))
        total = CartService(work).apply_coupon(buyer.id, coupon.code).total

    def place() -> OrderStatus:
        with database.unit_of_work(Actor.of(buyer)) as work:
            return Checkout(work).place(buyer.id, key=KEY, total=total).status

    done = getattr(*step)

    def dies(*given: object, **named: object) -> None:
        done(*given, **named)
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(*step, dies)
        with pytest.raises(SystemExit):
            place()
    with database.unit_of_work(Actor.system("test")) as work:
        assert not OrderRepository(work.session).exists({"user_id": buyer.id})
        found = CouponCodeRepository(work.session).find_by_id(coupon.id)
        assert found is not None
        assert found.uses == 0
        assert CartRepository(work.session).exists({"user_id": buyer.id, "status": CartStatus.ACTIVE})
    assert place() is OrderStatus.PENDING
