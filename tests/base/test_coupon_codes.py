"""Coupons: every result there is, every scope, and never a use too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from tests.base.shop import Shop
from vectoricons.carts import CartService
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Forbidden, Invalid
from vectoricons.coupon_codes import CouponCode, CouponCodeRepository, CouponCodeService
from vectoricons.coupon_codes.coupon_codes_to_orders import CouponCodeToOrderRepository
from vectoricons.coupon_codes.results import SENTENCES, CouponRefused, Result
from vectoricons.coupon_codes.validators import Attempt, Basket, CouponScope, first_objection
from vectoricons.orders import OrderRepository, OrderService
from vectoricons.orders.checkout import Checkout
from vectoricons.products.offers import Offer, OfferType
from vectoricons.users import User

NOW = datetime.now(UTC)
ICON = Offer(entity_type=OfferType.ICON, entity_id=1, name="Arrow", price=Decimal("10"), seller_id=7)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A coupon that is in no database."""

    type: str = "fixed"
    scope: str = "global"
    amount: Decimal = Decimal(5)
    uses: int = 0
    max_uses: int | None = None
    min_purchase_amount: Decimal = Decimal(0)
    start_date: datetime | None = None
    end_date: datetime | None = None
    entity_type: str | None = None
    entity_id: int | None = None
    user_id: int | None = None
    is_active: bool = True


def tried(coupon: Ticket, *lines: Offer, buyer_id: int | None = 1) -> Result | None:
    return first_objection(Attempt(coupon=coupon, lines=lines, buyer_id=buyer_id, now=NOW))


def refusal(attempt: Callable[[], object]) -> Result:
    with pytest.raises(CouponRefused) as refused:
        attempt()
    assert refused.value.problem()["result"] == refused.value.result
    return refused.value.result


@pytest.mark.parametrize(
    ("coupon", "expected"),
    [
        (Ticket(), None),
        (Ticket(start_date=NOW - timedelta(1), end_date=NOW + timedelta(1), max_uses=1), None),
        (Ticket(is_active=False), Result.COUPON_INACTIVE),
        (Ticket(start_date=NOW + timedelta(1)), Result.COUPON_INACTIVE),
        (Ticket(end_date=NOW), Result.COUPON_EXPIRED),
        (Ticket(uses=2, max_uses=2), Result.MAX_USES_REACHED),
        (Ticket(min_purchase_amount=Decimal("10.01")), Result.MIN_PURCHASE_NOT_MET),
        (Ticket(type="a-gift"), Result.INVALID_COUPON_TYPE),
        (Ticket(scope="planet"), Result.UNKNOWN_COUPON_SCOPE),
        (Ticket(scope="set"), Result.COUPON_NOT_APPLICABLE),
        (Ticket(scope="buyer", user_id=2), Result.INVALID_BUYER),
        (Ticket(scope="icon", user_id=2), Result.INVALID_BUYER),
        (Ticket(scope="seller", user_id=8), Result.COUPON_NOT_APPLICABLE),
    ],
)
def test_the_first_thing_against_a_coupon_is_what_the_buyer_hears(
    coupon: Ticket, expected: Result | None
) -> None:
    assert tried(coupon, ICON) is expected


def test_the_order_of_objections_is_the_stated_one() -> None:
    everything = Ticket(
        is_active=False,
        end_date=NOW,
        uses=1,
        max_uses=1,
        min_purchase_amount=Decimal(99),
        type="?",
        scope="?",
    )
    better: list[dict[str, Any]] = [
        {"is_active": True},
        {"end_date": None},
        {"max_uses": None},
        {"min_purchase_amount": Decimal(0)},
        {"type": "fixed"},
        {"scope": "set"},
        {"scope": "icon"},
    ]
    heard = [tried(everything, ICON)]
    for patch in better:
        everything = replace(everything, **patch)
        heard.append(tried(everything, ICON))
    assert heard == [
        Result.COUPON_INACTIVE,
        Result.COUPON_EXPIRED,
        Result.MAX_USES_REACHED,
        Result.MIN_PURCHASE_NOT_MET,
        Result.INVALID_COUPON_TYPE,
        Result.UNKNOWN_COUPON_SCOPE,
        Result.COUPON_NOT_APPLICABLE,
        None,
    ]


COVERED = {
    CouponScope.GLOBAL: set(OfferType),
    CouponScope.BUYER: set(OfferType),
    CouponScope.SELLER: {OfferType.ICON, OfferType.ILLUSTRATION, OfferType.SET, OfferType.FAMILY},
    CouponScope.SUBSCRIPTION: {OfferType.SUBSCRIPTION},
    CouponScope.FAMILY: {OfferType.FAMILY},
    CouponScope.SET: {OfferType.SET},
    CouponScope.ITEM: {OfferType.ICON, OfferType.ILLUSTRATION},
    CouponScope.ICON: {OfferType.ICON},
    CouponScope.ILLUSTRATION: {OfferType.ILLUSTRATION},
}


@pytest.mark.parametrize("scope", CouponScope)
def test_a_scope_covers_lines_of_its_kind_alone(scope: CouponScope) -> None:
    owner = 7 if scope is CouponScope.SELLER else 1
    coupon = Ticket(scope=scope, user_id=owner)
    for kind in OfferType:
        seller = None if kind in {OfferType.CREDIT, OfferType.SUBSCRIPTION} else 7
        line = replace(ICON, entity_type=kind, seller_id=seller)
        assert (tried(coupon, line) is None) == (kind in COVERED[scope]), kind


def test_a_coupon_for_one_thing_is_for_no_other() -> None:
    coupon = Ticket(scope="item", entity_type="icon", entity_id=1)
    assert tried(coupon, ICON) is None
    assert tried(coupon, replace(ICON, entity_id=2)) is Result.COUPON_NOT_APPLICABLE
    illustration = replace(ICON, entity_type=OfferType.ILLUSTRATION)
    assert tried(coupon, illustration) is Result.COUPON_NOT_APPLICABLE


def test_a_sellers_coupon_takes_off_their_work_alone(shop: Shop, buyer: User) -> None:
    other = Shop(shop.work)
    shop.fill(buyer, shop.icon("10.00"), other.icon("10.00"))
    coupon = shop.coupon("50", type="percentage", scope="seller", user_id=shop.contributor.id)
    cart = CartService(shop.buying(buyer)).apply_coupon(buyer.id, coupon.code)
    assert cart.discount == Decimal("5.00")


def test_a_sellers_coupon_says_so_when_nothing_has_a_seller() -> None:
    pack = replace(ICON, entity_type=OfferType.CREDIT, seller_id=None)
    assert tried(Ticket(scope="seller", user_id=7), pack) is Result.SELLER_VALIDATION_NOT_IMPLEMENTED


def test_what_is_written_as_a_code_is_looked_at_first(shop: Shop, buyer: User) -> None:
    shop.fill(buyer, shop.icon())
    carts = CartService(shop.buying(buyer))
    written = {None: Result.COUPON_REQUIRED, "  ": Result.COUPON_REQUIRED, "no such": Result.INVALID_COUPON}
    for code, expected in {**written, "NOSUCHCODE": Result.COUPON_NOT_FOUND}.items():
        assert refusal(lambda code=code: carts.apply_coupon(buyer.id, code)) is expected


def test_a_coupon_needs_something_to_be_held_against(shop: Shop, buyer: User) -> None:
    code = shop.coupon().code
    coupons = CouponCodeService(shop.buying(buyer))
    empty = Basket(id=1, user_id=buyer.id, lines=[])
    expected: dict[Result, Callable[[], object]] = {
        Result.CART_REQUIRED: lambda: coupons.validate_for_cart(code, None),
        Result.ORDER_REQUIRED: lambda: coupons.validate_for_order(code, None, buyer.id),
        Result.ORDER_HAS_NO_ITEMS: lambda: coupons.validate_for_order(code, empty, buyer.id),
        Result.ORDER_BUYER_MISMATCH: lambda: coupons.validate_for_order(code, empty, shop.user().id),
        Result.BUYER_REQUIRED: lambda: coupons.validate_for_order(code, empty, None),
        Result.ENTITY_TYPE_REQUIRED: lambda: coupons.validate_for_entity(code, None, 1, buyer.id),
        Result.ENTITY_ID_REQUIRED: lambda: coupons.validate_for_entity(code, "icon", None, buyer.id),
    }
    assert {result: refusal(attempt) for result, attempt in expected.items()} == {
        result: result for result in expected
    }


def test_a_coupon_is_tried_for_one_thing_and_not_for_a_line_that_has_it(shop: Shop, buyer: User) -> None:
    icon, coupon = shop.icon(), shop.coupon("1.00")
    coupons = CouponCodeService(shop.buying(buyer))
    assert coupons.validate_for_entity(coupon.code, "Icon", icon.id, buyer.id) == coupon
    shop.fill(buyer, icon)
    CartService(shop.buying(buyer)).apply_coupon(buyer.id, coupon.code)
    again = refusal(lambda: coupons.validate_for_entity(coupon.code, "icon", icon.id, buyer.id))
    assert again is Result.COUPON_ALREADY_USED_BY_ENTITY
    with pytest.raises(Invalid, match="cannot be bought"):
        coupons.validate_for_entity(coupon.code, "banana", 1, buyer.id)


def test_a_buyer_uses_a_coupon_once_and_an_order_too(shop: Shop, buyer: User) -> None:
    coupon = shop.coupon("1.00")
    order = bought_with(shop, buyer, coupon)
    coupons = CouponCodeService(shop.buying(buyer))
    basket = Basket(id=order, user_id=buyer.id, lines=[ICON])
    same = refusal(lambda: coupons.validate_for_order(coupon.code, basket, buyer.id))
    assert same is Result.COUPON_ALREADY_USED_BY_ORDER
    another = replace(basket, id=order + 1)
    later = refusal(lambda: coupons.validate_for_order(coupon.code, another, buyer.id))
    assert later is Result.COUPON_ALREADY_USED_BY_USER


def test_a_cancelled_order_gives_its_use_back_and_a_paid_one_keeps_it(shop: Shop, buyer: User) -> None:
    coupon = shop.coupon("1.00", max_uses=1)
    orders, redemptions = OrderService(shop.work), CouponCodeToOrderRepository(shop.work.session)
    given_up = bought_with(shop, buyer, coupon)
    assert uses(shop, coupon) == 1
    orders.cancel(given_up)
    assert (uses(shop, coupon), redemptions.count({"coupon_code_id": coupon.id})) == (0, 0)
    paid = bought_with(shop, buyer, coupon)
    orders.complete(paid)
    (redemption,) = redemptions.find_all({"coupon_code_id": coupon.id})
    assert (redemption.order_id, redemption.status, uses(shop, coupon)) == (paid, "redeemed", 1)


def test_a_database_in_trouble_is_no_stack_trace(shop: Shop, buyer: User) -> None:
    shop.fill(buyer, shop.icon())
    code = shop.coupon().code
    shop.work.session.execute(text("alter table coupon_codes_to_orders rename to elsewhere"))
    attempt = refusal(lambda: CartService(shop.buying(buyer)).apply_coupon(buyer.id, code))
    assert attempt is Result.UNEXPECTED_ERROR


def test_every_result_has_a_sentence_and_there_are_twenty_four() -> None:
    assert set(SENTENCES) == set(Result)
    assert len(Result) == 24
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def test_a_random_code_is_long_enough_and_nobodys(shop: Shop) -> None:
    made = [
        CouponCodeService(shop.work).create_random({"type": "fixed", "amount": Decimal(10)}) for _ in range(3)
    ]
    assert len({coupon.code for coupon in made}) == 3
    assert {len(coupon.code) for coupon in made} == {8}
    assert CouponCodeService(shop.work).get_by_code(made[0].code.lower()) == made[0]


def test_only_administrators_make_coupons(shop: Shop, buyer: User) -> None:
    with pytest.raises(Forbidden):
        CouponCodeService(shop.buying(buyer)).create_random({"type": "fixed", "amount": Decimal(10)})
    mine = shop.coupon(scope="buyer", user_id=buyer.id)
    with pytest.raises(Forbidden):
        CouponCodeService(shop.buying(buyer)).update(mine.id, {"amount": Decimal(99)})


@pytest.mark.parametrize(
    "given",
    [
        {"amount": Decimal(0)},
        {"type": "percentage", "amount": Decimal(101)},
        {"scope": "seller"},
        {"start_date": NOW, "end_date": NOW},
    ],
)
def test_a_coupon_that_cannot_be_is_refused_by_the_database(shop: Shop, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid), shop.work.savepoint():
        shop.coupon(**{"amount": "5", **given})


def test_a_coupon_for_three_is_used_by_three_of_eight_at_once(database: Database) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        shop = Shop(work)
        coupon, icon = shop.coupon("1.00", max_uses=3), shop.icon()
        buyers = [shop.user() for _ in range(8)]
        for buyer in buyers:
            shop.fill(buyer, icon)
            CartService(work).apply_coupon(buyer.id, coupon.code)

    def buy(buyer: User) -> str:
        try:
            with database.unit_of_work(Actor.of(buyer)) as work:
                Checkout(work).place(buyer.id, key=f"order-{buyer.id:06}", total=Decimal("1.00"))
        except CouponRefused as refused:
            return refused.result
        return "bought"

    with ThreadPoolExecutor(4) as threads:
        outcomes = Counter(threads.map(buy, buyers))
    assert outcomes == {"bought": 3, Result.MAX_USES_REACHED: 5}
    with database.unit_of_work(Actor.system("test")) as work:
        assert uses(Shop(work), coupon) == 3
        assert CouponCodeToOrderRepository(work.session).count({"coupon_code_id": coupon.id}) == 3
        assert OrderRepository(work.session).count({"user_id": [buyer.id for buyer in buyers]}) == 3


def bought_with(shop: Shop, buyer: User, coupon: CouponCode) -> int:
    shop.fill(buyer, shop.icon("5.00"))
    CartService(shop.buying(buyer)).apply_coupon(buyer.id, coupon.code)
    return shop.order(buyer).id


def uses(shop: Shop, coupon: CouponCode) -> int:
    found = CouponCodeRepository(shop.work.session).find_by_id(coupon.id)
    assert found is not None
    return found.uses
