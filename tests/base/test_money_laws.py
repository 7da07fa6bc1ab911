"""Laws of prices: whatever is bought with whatever coupon, the parts are the whole, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.base.shop import Shop
from vectoricons.carts import Cart, CartService
from vectoricons.coupon_codes.discounts import DiscountService
from vectoricons.coupon_codes.results import CouponRefused
from vectoricons.coupon_codes.validators import allocate
from vectoricons.users import User

PRICES = st.lists(st.decimals("0", "99999.99", places=2), min_size=1, max_size=12)
CENT = Decimal("0.01")


@settings(deadline=None)
@given(PRICES, st.data())
def test_what_is_allocated_adds_up_and_no_part_exceeds_its_price(
    prices: list[Decimal], data: st.DataObject
) -> None:
    amount = data.draw(st.decimals("0", str(sum(prices)), places=2))
    parts = allocate(amount, prices)
    assert sum(parts) == amount
    assert all(0 <= part <= price for part, price in zip(parts, prices, strict=True))
    assert all(part == part.quantize(CENT) for part in parts)


@settings(deadline=None)
@given(PRICES, st.data())
def test_no_part_is_a_cent_away_from_its_share(prices: list[Decimal], data: st.DataObject) -> None:
    whole = sum(prices, Decimal(0))
    amount = data.draw(st.decimals("0", str(whole), places=2))
    for part, price in zip(allocate(amount, prices), prices, strict=True):
        share = amount * price / whole if whole else Decimal(0)
        assert abs(part - share) < CENT


@settings(deadline=None)
@given(st.decimals("0.01", "99.99", places=2), st.integers(1, 12), st.data())
def test_of_equal_prices_the_first_get_the_odd_cents(
    price: Decimal, number: int, data: st.DataObject
) -> None:
    amount = data.draw(st.decimals("0", str(price * number), places=2))
    parts = allocate(amount, [price] * number)
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] in {Decimal(0), CENT}


@pytest.mark.parametrize("amount", ["-0.01", "3.01"])
def test_nothing_less_than_nothing_and_nothing_more_than_all_is_allocated(amount: str) -> None:
    with pytest.raises(ValueError, match="cannot be taken off"):
        allocate(Decimal(amount), [Decimal("1.00"), Decimal("2.00")])


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 4)),
        st.tuples(st.just("remove"), st.integers(0, 4)),
        st.tuples(st.just("coupon"), st.integers(0, 3)),
        st.tuples(st.just("no coupon"), st.just(0)),
        st.tuples(st.just("clear"), st.just(0)),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, prices=st.lists(st.decimals("0", "50", places=2), min_size=5, max_size=5, unique=True))
def test_a_cart_adds_up_after_whatever_is_done_to_it(
    shop: Shop, acts: Sequence[tuple[str, int]], prices: list[Decimal]
) -> None:
    buyer = shop.user()
    icons = [shop.icon(str(price)) for price in prices]
    coupons = [
        shop.coupon("3.33"),
        shop.coupon("33.33", type="percentage"),
        shop.coupon("100", type="percentage", scope="item", entity_type="icon", entity_id=icons[0].id),
        shop.coupon("7", min_purchase_amount=Decimal(20)),
    ]
    carts = CartService(shop.buying(buyer))
    for name, number in acts:
        match name:
            case "add":
                cart = carts.add(buyer.id, "icon", icons[number].id)
            case "remove":
                cart = carts.remove(buyer.id, "icon", icons[number].id)
            case "coupon" if _may_use(carts, buyer, coupons[number].code):
                cart = carts.get_current(buyer.id)
            case "no coupon":
                cart = carts.remove_coupon(buyer.id)
            case "clear":
                cart = carts.clear(buyer.id)
            case _:
                continue
        _assert_adds_up(shop, cart)


def _may_use(carts: CartService, buyer: User, code: str) -> bool:
    try:
        carts.apply_coupon(buyer.id, code)
    except CouponRefused:
        return False
    return True


def _assert_adds_up(shop: Shop, cart: Cart) -> None:
    assert cart.subtotal == sum((line.price for line in cart.cart_items), Decimal(0))
    assert cart.total == cart.subtotal + cart.tax - cart.discount
    assert min(cart.subtotal, cart.discount, cart.total) >= 0
    tree = DiscountService(shop.work).get_tree("cart", cart.id)
    assert cart.discount == sum((part.discount_amount for part in tree[1:]), Decimal(0))
    assert cart.discount == sum((whole.discount_amount for whole in tree[:1]), Decimal(0))
    assert all(part.discounted_price >= 0 for part in tree)
