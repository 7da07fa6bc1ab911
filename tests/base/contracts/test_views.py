"""The view contract: found by keys and by owner, paged, counted, and never written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

import pytest

from tests.base.shop import Shop
from vectoricons.common.entity import Entity
from vectoricons.common.errors import Forbidden, Invalid
from vectoricons.common.keyset import Ask
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.common.views import ViewRepository, ViewService
from vectoricons.config.enums import Role
from vectoricons.orders import OrderService
from vectoricons.purchased_items import PurchasedItem, PurchasedItemService
from vectoricons.purchased_items.purchases_by_entity_type import (
    PurchasesByEntityType,
    PurchasesByEntityTypeService,
)
from vectoricons.users import User

NOBODY = 2**40


@dataclass(frozen=True)
class Shown:
    """A view under contract, and how *happens* makes one more row of it, which is *user*'s to see."""

    service: type[ViewService[Any]]
    happens: Callable[[Shop, User], Entity]

    @property
    def repository(self) -> type[ViewRepository[Any, Any]]:
        named: type[ViewRepository[Any, Any]] = get_type_hints(self.service)["repository"]
        return named

    def __str__(self) -> str:
        return self.repository.entity.entity_name()


def bought(shop: Shop, user: User) -> PurchasedItem:
    icon = shop.icon()
    shop.sell(user, icon)
    return PurchasedItemService(shop.work).get_where({"user_id": user.id, "entity_id": icon.id})[0]


def sold(shop: Shop, user: User) -> PurchasesByEntityType:
    shelf = Shop(shop.work)
    shelf.contributor = user
    icon = shelf.icon()
    shelf.sell(shop.user(), icon)
    return PurchasesByEntityTypeService(shop.work).get_where({"user_id": user.id, "entity_id": icon.id})[0]


VIEWS = (Shown(PurchasedItemService, bought), Shown(PurchasesByEntityTypeService, sold))


@pytest.fixture(params=VIEWS, ids=str)
def view(request: pytest.FixtureRequest) -> Shown:
    """Each view in turn."""
    found: Shown = request.param
    return found


@pytest.fixture
def rows(view: Shown, shop: Shop, buyer: User) -> list[Any]:
    """Three rows of one user, and one of somebody else."""
    view.happens(shop, shop.user())
    return [view.happens(shop, buyer) for _ in range(3)]


def service(view: Shown, work: UnitOfWork) -> ViewService[Any]:
    return view.service(work)


def test_a_row_is_found_by_its_key_or_nothing(view: Shown, shop: Shop, rows: list[Any]) -> None:
    shown = service(view, shop.work)
    assert shown.get_by_id(rows[0].id) == rows[0]
    assert shown.get_by_id(NOBODY) is None
    assert shown.repository.find_by_ids([rows[2].id, rows[0].id]) == [rows[2], rows[0]]


def test_rows_are_found_by_user_kind_and_thing(view: Shown, shop: Shop, buyer: User, rows: list[Any]) -> None:
    shown = service(view, shop.work)
    assert shown.get_where({"user_id": buyer.id}) == rows
    assert shown.get_where({"user_id": buyer.id, "entity_type": "icon"}) == rows
    assert shown.get_where({"user_id": buyer.id, "entity_type": "set"}) == []
    assert shown.get_where({"entity_type": "icon", "entity_id": rows[1].entity_id}) == [rows[1]]


def test_rows_are_paged_counted_and_told_of(view: Shown, shop: Shop, buyer: User, rows: list[Any]) -> None:
    shown, own = service(view, shop.work), {"user_id": buyer.id}
    page = shown.paginate(own, page=2, size=2)
    assert (page.results, page.total, page.total_pages) == ((rows[2],), 3, 2)
    feed = shown.keyset_page(own, asked=Ask(key="secret", sort_by="id", limit=2))
    assert list(feed.items) == [rows[2], rows[1]]
    assert shown.repository.count(own) == 3
    assert (shown.exists(own), shown.exists({"user_id": NOBODY})) == (True, False)


def test_a_row_is_seen_by_whose_it_is(view: Shown, shop: Shop, buyer: User, rows: list[Any]) -> None:
    assert service(view, shop.buying(buyer)).get_all() == rows
    assert service(view, shop.buying(shop.user())).get_all() == []
    assert service(view, shop.anonymously()).get_all() == []
    assert len(service(view, shop.acting_as(shop.user(), Role.ADMIN)).get_all()) == 4


def test_nothing_writes_it(view: Shown, shop: Shop, rows: list[Any]) -> None:
    shown, row = service(view, shop.work), rows[0]
    writes: list[Callable[[], object]] = [
        lambda: shown.create({"entity_id": 1}),
        lambda: shown.update(row.id, {"entity_id": 1}),
        lambda: shown.delete(row.id),
        lambda: shown.upsert({"id": row.id, "entity_id": 1}),
        lambda: shown.repository.update_where({"id": row.id}, {"entity_id": 1}),
    ]
    for write in writes:
        with pytest.raises(Forbidden, match="nothing writes it"):
            write()
    assert shown.get_by_id(row.id) == row


def test_it_is_frozen_plain_and_refuses_what_it_has_not(view: Shown, shop: Shop, rows: list[Any]) -> None:
    with pytest.raises(ValueError, match="frozen"):
        rows[0].entity_id = 1
    assert all("_" not in name for name in rows[0].to_json())
    with pytest.raises(Invalid, match="nonsense"):
        service(view, shop.work).get_where({"nonsense": 1})


def test_only_what_is_paid_and_not_given_back_counts(view: Shown, shop: Shop, buyer: User) -> None:
    pending = shop.order(buyer, shop.icon())
    shown = service(view, shop.work)
    assert not shown.exists({"id": pending.order_items[0].id})
    OrderService(shop.work).complete(pending.id)
    assert shown.exists({"id": pending.order_items[0].id})
    OrderService(shop.work).refund(pending.id)
    assert not shown.exists({"id": pending.order_items[0].id})
