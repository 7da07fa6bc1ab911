"""Purchases: who owns what, what covers what, and how often something was sold."""

from __future__ import annotations

from itertools import product

import pytest

from tests.base.shop import Shop, Sold, kind_of
from vectoricons.common.errors import Conflict
from vectoricons.orders import OrderService, OrderStatus
from vectoricons.products.offers import OfferType
from vectoricons.products.purchased_items import owned
from vectoricons.purchased_items import PurchasedItemService
from vectoricons.purchased_items.purchases_by_entity_type import PurchasesByEntityTypeService
from vectoricons.users import User


@pytest.mark.parametrize("status", OrderStatus)
def test_only_a_completed_order_makes_an_owner(shop: Shop, buyer: User, status: OrderStatus) -> None:
    icon, orders = shop.icon(), OrderService(shop.work)
    order = shop.order(buyer, icon)
    orders.update(order.id, {"status": status})
    owns = PurchasedItemService(shop.buying(buyer)).owns(buyer.id, "icon", icon.id)
    assert owns is (status is OrderStatus.COMPLETED)


def test_a_set_covers_its_items_and_a_family_its_sets_and_their_items(shop: Shop) -> None:
    things: list[Sold] = [shop.icon(), shop.priced_set(), shop.priced_family()]
    covered = {"icon": {"icon"}, "set": {"icon", "set"}, "family": {"icon", "set", "family"}}
    for bought, looked_at in product(things, things):
        buyer = shop.user()
        shop.sell(buyer, bought)
        unique_id = getattr(looked_at, "unique_id", "")
        has = owned(shop.work.session, buyer.id, OfferType(kind_of(looked_at)), [unique_id])
        assert has == (frozenset({unique_id}) if kind_of(looked_at) in covered[kind_of(bought)] else set())


def test_the_cards_of_a_page_are_asked_about_at_once(shop: Shop, buyer: User) -> None:
    mine, other, somebodys = shop.icon(), shop.icon(), shop.icon()
    shop.sell(buyer, mine)
    shop.sell(shop.user(), somebodys)
    asked = [icon.unique_id for icon in (mine, other, somebodys)]
    assert owned(shop.work.session, buyer.id, OfferType.ICON, asked) == {mine.unique_id}
    assert owned(shop.work.session, buyer.id, OfferType.ICON, []) == frozenset()
    assert owned(shop.work.session, buyer.id, OfferType.CREDIT, asked) == frozenset()


def test_sales_are_counted_for_whose_work_it_is_less_what_was_given_back(shop: Shop) -> None:
    icon, orders = shop.icon(), OrderService(shop.work)
    sales = [shop.sell(shop.user(), icon) for _ in range(3)]
    shop.order(shop.user(), icon)
    orders.refund(sales[0].id)
    counted = PurchasesByEntityTypeService(shop.acting_as(shop.contributor, "contributor"))
    (row,) = counted.get_by_entity_type(shop.contributor.id, "icon")
    assert (row.entity_id, row.purchase_count) == (icon.id, 2)


def test_what_is_nobodys_work_is_nobodys_sale(shop: Shop, buyer: User) -> None:
    plan = shop.plan()
    shop.sell(buyer, plan)
    assert PurchasedItemService(shop.work).owns(buyer.id, "subscription", plan.id)
    assert not PurchasesByEntityTypeService(shop.work).exists({"entity_type": "subscription"})


def test_a_plan_or_credits_can_be_bought_again(shop: Shop, buyer: User) -> None:
    plan = shop.plan()
    assert shop.sell(buyer, plan).id != shop.sell(buyer, plan).id
    icon = shop.icon()
    shop.sell(buyer, icon)
    with pytest.raises(Conflict, match="already"):
        shop.fill(buyer, icon)
