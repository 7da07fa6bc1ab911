"""Carts: the server prices them, and there is one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.base.shop import Shop
from tests.base.world import World
from vectoricons.carts import CartRepository, CartRow, CartService
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Forbidden, Invalid, NotFound
from vectoricons.coupon_codes import CouponCodeRepository
from vectoricons.coupon_codes.discounts import DiscountService
from vectoricons.coupon_codes.results import CouponRefused, Result
from vectoricons.products.icons import IconRepository
from vectoricons.users import User


def test_a_price_comes_from_what_is_on_sale_and_follows_it(shop: Shop, buyer: User) -> None:
    icon = shop.icon("2.00")
    assert shop.fill(buyer, icon).total == Decimal("2.00")
    IconRepository(shop.work.session).update(icon.id, {"price": Decimal("3.50")})
    cart = CartService(shop.buying(buyer)).get_current(buyer.id)
    assert [line.price for line in cart.cart_items] == [Decimal("3.50")]
    assert (cart.subtotal, cart.total) == (Decimal("3.50"), Decimal("3.50"))


def test_everything_that_is_sold_can_be_in_one_cart(shop: Shop, buyer: User) -> None:
    cart = shop.fill(buyer, shop.icon("2"), shop.priced_set("20"), shop.priced_family("50"), shop.plan("10"))
    cart = CartService(shop.buying(buyer)).add(buyer.id, "CREDIT", 25)
    assert len(cart.cart_items) == 5
    assert cart.total == Decimal("107.00")


def test_a_thing_is_in_a_cart_once(shop: Shop, buyer: User) -> None:
    icon = shop.icon()
    shop.fill(buyer, icon, icon)
    assert len(shop.fill(buyer, icon).cart_items) == 1


@pytest.mark.parametrize("kind", ["user", "cart", "banana", ""])
def test_what_is_not_sold_is_refused_in_words(shop: Shop, buyer: User, kind: str) -> None:
    with pytest.raises(Invalid, match="cannot be bought"):
        CartService(shop.buying(buyer)).add(buyer.id, kind, 1)


def test_what_is_not_on_sale_is_not_found(shop: Shop, buyer: User) -> None:
    hidden = shop.icon(is_active=False)
    not_alone = shop.icon(None)
    carts = CartService(shop.buying(buyer))
    for kind, id in (("icon", hidden.id), ("icon", not_alone.id), ("icon", 2**40), ("credit", 7)):
        with pytest.raises(NotFound, match="not on sale"):
            carts.add(buyer.id, kind, id)


def test_a_line_no_longer_on_sale_stays_in_sight_and_costs_nothing(shop: Shop, buyer: User) -> None:
    icon = shop.icon("2.00")
    shop.fill(buyer, icon, shop.icon("3.00"))
    IconRepository(shop.work.session).update(icon.id, {"is_active": False})
    cart = CartService(shop.buying(buyer)).get_current(buyer.id)
    assert [line.is_active for line in cart.cart_items] == [False, True]
    assert cart.total == Decimal("3.00")


def test_nobody_buys_twice_what_they_have(shop: Shop, buyer: User) -> None:
    icon = shop.icon()
    shop.sell(buyer, shop.priced_set())
    with pytest.raises(Conflict, match=f"You have {icon.name} already"):
        shop.fill(buyer, icon)


def test_lines_are_taken_out_one_by_one_or_all_with_the_coupon(shop: Shop, buyer: User) -> None:
    icon, other = shop.icon("2.00"), shop.icon("3.00")
    shop.fill(buyer, icon, other)
    carts = CartService(shop.buying(buyer))
    assert carts.remove(buyer.id, "icon", icon.id).total == Decimal("3.00")
    assert carts.remove(buyer.id, "icon", icon.id).total == Decimal("3.00")
    carts.apply_coupon(buyer.id, shop.coupon("1.00").code)
    empty = carts.clear(buyer.id)
    assert (empty.cart_items, empty.total, empty.coupon_code_id) == ((), Decimal(0), None)


def test_a_coupon_outlasts_the_next_change_of_the_cart(shop: Shop, buyer: User) -> None:
    shop.fill(buyer, shop.icon("10.00"))
    carts = CartService(shop.buying(buyer))
    half = shop.coupon("50", type="percentage")
    assert carts.apply_coupon(buyer.id, half.code.lower()).total == Decimal("5.00")
    cart = shop.fill(buyer, shop.icon("20.00"))
    assert (cart.subtotal, cart.discount, cart.total) == (
        Decimal("30.00"),
        Decimal("15.00"),
        Decimal("15.00"),
    )
    assert carts.remove_coupon(buyer.id).total == Decimal("30.00")


def test_the_discount_rows_are_the_discount_of_the_cart(shop: Shop, buyer: User) -> None:
    shop.fill(buyer, shop.icon("1.00"), shop.icon("1.00"), shop.icon("1.00"))
    cart = CartService(shop.buying(buyer)).apply_coupon(buyer.id, shop.coupon("1.00").code)
    whole, *parts = DiscountService(shop.work).get_tree("cart", cart.id)
    assert whole.discount_amount == cart.discount == Decimal("1.00")
    assert [part.discount_amount for part in parts] == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]
    assert {part.entity_id for part in parts} == {line.id for line in cart.cart_items}


def test_a_discount_is_never_more_than_the_price(shop: Shop, buyer: User) -> None:
    shop.fill(buyer, shop.icon("2.00"))
    cart = CartService(shop.buying(buyer)).apply_coupon(buyer.id, shop.coupon("10.00").code)
    assert (cart.discount, cart.total) == (Decimal("2.00"), Decimal("0.00"))


def test_a_coupon_that_no_longer_holds_takes_nothing_off(shop: Shop, buyer: User) -> None:
    big, small = shop.icon("30.00"), shop.icon("1.00")
    shop.fill(buyer, big, small)
    carts = CartService(shop.buying(buyer))
    coupon = shop.coupon("5.00", min_purchase_amount=Decimal("20"))
    assert carts.apply_coupon(buyer.id, coupon.code).discount == Decimal("5.00")
    assert carts.remove(buyer.id, "icon", big.id).discount == Decimal("0.00")
    assert shop.fill(buyer, big).discount == Decimal("5.00")
    CouponCodeRepository(shop.work.session).update(coupon.id, {"is_active": False})
    assert carts.get_current(buyer.id).total == Decimal("31.00")


def test_a_coupon_takes_the_place_of_the_one_before(shop: Shop, buyer: User) -> None:
    shop.fill(buyer, shop.icon("10.00"))
    carts = CartService(shop.buying(buyer))
    first, second = shop.coupon("1.00"), shop.coupon("2.00")
    carts.apply_coupon(buyer.id, first.code)
    with pytest.raises(CouponRefused) as refused:
        carts.apply_coupon(buyer.id, first.code)
    assert refused.value.result is Result.COUPON_ALREADY_USED_BY_CART
    assert carts.apply_coupon(buyer.id, second.code).discount == Decimal("2.00")


def test_a_cart_is_its_owners_alone(shop: Shop, buyer: User) -> None:
    cart, stranger = shop.fill(buyer, shop.icon()), CartService(shop.buying(shop.user()))
    with pytest.raises(Forbidden):
        stranger.get_current(buyer.id)
    with pytest.raises(Forbidden):
        stranger.add(buyer.id, "credit", 10)
    with pytest.raises((Forbidden, NotFound)):
        stranger.update(cart.id, {"total": Decimal(0)})
    with pytest.raises(Forbidden):
        CartService(shop.buying(buyer)).update(cart.id, {"total": Decimal(0)})


def test_there_is_no_cart_before_something_is_put_in(shop: Shop, buyer: User) -> None:
    with pytest.raises(NotFound):
        CartService(shop.buying(buyer)).get_current(buyer.id)


def test_two_clicks_at_once_make_one_active_cart(database: Database) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        user = World(work).user()

    def click(size: int) -> int:
        with database.unit_of_work(Actor.system("test")) as work:
            return CartService(work).add(user.id, "credit", size).id

    with ThreadPoolExecutor(4) as threads:
        carts = set(threads.map(click, [10, 25, 50, 100]))
    with database.unit_of_work(Actor.system("test")) as work:
        (cart,) = CartRepository(work.session).with_relations(CartRow.user_id == user.id)
    assert carts == {cart.id}
    assert cart.total == sum((line.price for line in cart.cart_items), Decimal(0)) == Decimal("185.00")
