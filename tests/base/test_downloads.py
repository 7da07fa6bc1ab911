"""Downloads: a link only for who has a right to it, and a row for every link."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.base.shop import Shop
from tests.base.world import word
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Forbidden, Invalid, NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.credits import CreditService, CreditType, NotEnoughCredits
from vectoricons.downloads import Download, DownloadRepository, DownloadService, Link, Wanted
from vectoricons.downloads.entitlement import Grant
from vectoricons.images import Format, ImageRepository
from vectoricons.orders import OrderService
from vectoricons.products.icons import Icon, IconRepository
from vectoricons.users import User


def sign(key: str, filename: str) -> str:
    return f"https://assets.example.org/{key}?as={filename}&signed"


def issue(work: UnitOfWork, thing: Any, **how: Any) -> list[Link]:
    wanted = Wanted(entity_type=thing.entity_name(), unique_id=thing.unique_id, **how)
    return DownloadService(work).issue(wanted, sign)


def logged(shop: Shop, thing: Any) -> list[Download]:
    return DownloadRepository(shop.work.session).find_all({"entity_unique_id": thing.unique_id})


def test_what_is_free_is_anybodys(shop: Shop) -> None:
    icon = shop.icon("0.00", name="Arrow Up!")
    (link,) = issue(shop.anonymously(), icon, ip="192.0.2.7")
    assert link == Link("arrow-up.svg", sign(icon.svg_key or "", "arrow-up.svg"))
    (row,) = logged(shop, icon)
    assert (row.user_id, row.ip, row.granted_by) == (None, "192.0.2.7", Grant.FREE)
    assert (row.entity_unique_id, row.object_key, row.format) == (icon.unique_id, icon.svg_key, "svg")


def test_what_has_a_price_is_for_who_paid_it(shop: Shop, buyer: User) -> None:
    icon = shop.icon()
    for nobody in (shop.anonymously(), shop.buying(buyer)):
        with pytest.raises(Forbidden, match="Buy it, or subscribe"):
            issue(nobody, icon)
    assert logged(shop, icon) == []
    shop.sell(buyer, icon)
    issue(shop.buying(buyer), icon)
    issue(shop.buying(buyer), icon)
    assert [row.granted_by for row in logged(shop, icon)] == [Grant.PURCHASED] * 2


def test_no_price_is_not_free(shop: Shop, buyer: User) -> None:
    with pytest.raises(Forbidden):
        issue(shop.buying(buyer), shop.icon(None))


def test_owners_and_administrators_need_no_purchase(shop: Shop) -> None:
    icon = shop.icon()
    issue(shop.acting_as(shop.contributor, Role.CONTRIBUTOR), icon)
    issue(shop.acting_as(shop.user(), Role.ADMIN), icon)
    assert [row.granted_by for row in logged(shop, icon)] == [Grant.OWNER, Grant.ADMIN]


def test_an_order_that_is_not_paid_or_was_refunded_gives_nothing(shop: Shop, buyer: User) -> None:
    icon, orders = shop.icon(), OrderService(shop.work)
    order = shop.order(buyer, icon)
    with pytest.raises(Forbidden):
        issue(shop.buying(buyer), icon)
    orders.complete(order.id)
    assert issue(shop.buying(buyer), icon)
    orders.refund(order.id)
    with pytest.raises(Forbidden):
        issue(shop.buying(buyer), icon)


def test_a_bought_set_is_a_link_for_each_of_its_live_items(shop: Shop, buyer: User) -> None:
    first, second = shop.icon(name="One"), shop.icon(name="Two")
    shop.icon(is_active=False)
    shop.icon(svg_key=None)
    bought = shop.priced_set()
    shop.sell(buyer, bought)
    assert [link.name for link in issue(shop.buying(buyer), bought)] == ["one.svg", "two.svg"]
    rows = logged(shop, bought)
    assert [row.object_key for row in rows] == [first.svg_key, second.svg_key]
    assert {(row.entity_type, row.entity_unique_id) for row in rows} == {("set", bought.unique_id)}
    assert issue(shop.buying(buyer), second)[0].name == "two.svg"


def test_what_was_bought_stays_the_buyers_when_it_is_sold_no_more(shop: Shop, buyer: User) -> None:
    icon = shop.icon()
    shop.sell(buyer, icon)
    IconRepository(shop.work.session).update(icon.id, {"is_active": False, "is_deleted": True})
    assert issue(shop.buying(buyer), icon)
    with pytest.raises(NotFound):
        issue(shop.buying(shop.user()), icon)


def test_what_is_switched_off_is_not_there_though_it_was_free(shop: Shop) -> None:
    with pytest.raises(NotFound):
        issue(shop.anonymously(), shop.icon("0", is_active=False))


def test_a_picture_is_given_in_the_format_asked_for(shop: Shop, buyer: User) -> None:
    icon = shop.icon(name="Arrow")
    pictured(shop, icon, "webp")
    shop.sell(buyer, icon)
    (link,) = issue(shop.buying(buyer), icon, format=Format.WEBP)
    assert link.name == "arrow.webp"
    with pytest.raises(NotFound, match="no png file"):
        issue(shop.buying(buyer), icon, format=Format.PNG)


def test_what_there_is_not_is_not_found_in_words(shop: Shop) -> None:
    downloads = DownloadService(shop.work)
    for kind in ("icon", "illustration", "set", "family", "credit"):
        with pytest.raises(NotFound, match="not found"):
            downloads.issue(Wanted(entity_type=kind, unique_id="000000000000"), sign)
    with pytest.raises(Invalid):
        downloads.issue(Wanted(entity_type="banana", unique_id="000000000000"), sign)


def test_a_link_that_cannot_be_signed_is_not_logged(shop: Shop) -> None:
    icon = shop.icon("0")

    def broken(key: str, filename: str) -> str:
        raise ConnectionError

    with pytest.raises(ConnectionError), shop.work.savepoint():
        DownloadService(shop.work).issue(Wanted(entity_type="icon", unique_id=icon.unique_id), broken)
    assert logged(shop, icon) == []


def test_the_log_is_asked_by_person_thing_and_address(shop: Shop, buyer: User) -> None:
    icon = shop.icon("0")
    issue(shop.buying(buyer), icon, ip="192.0.2.8")
    downloads = DownloadService(shop.work)
    (row,) = downloads.get_by_entity("icon", icon.id)
    assert downloads.get_recent_by_ip("192.0.2.8", timedelta(minutes=1)) == [row]
    shop.work.session.execute(text("update downloads set created_at = created_at - interval '1 hour'"))
    assert downloads.get_recent_by_ip("192.0.2.8", timedelta(minutes=1)) == []
    assert [found.id for found in DownloadService(shop.buying(buyer)).get_all()] == [row.id]
    assert DownloadService(shop.buying(shop.user())).get_all() == []


def test_a_subscription_gives_so_many_items_a_month_and_each_as_often_as_one_likes(
    shop: Shop, buyer: User
) -> None:
    shop.pay(shop.order(buyer, shop.plan(monthly_downloads=2)))
    first, second, third = shop.icon(), shop.icon(), shop.icon()
    for icon in (first, second, first):
        issue(shop.buying(buyer), icon)
    with pytest.raises(NotEnoughCredits):
        issue(shop.buying(buyer), third)
    rows = [*logged(shop, first), *logged(shop, second), *logged(shop, third)]
    assert [(row.granted_by, row.is_charged) for row in rows] == [
        (Grant.SUBSCRIPTION, True),
        (Grant.SUBSCRIPTION, False),
        (Grant.SUBSCRIPTION, True),
    ]
    shop.sell(buyer, third)
    issue(shop.buying(buyer), third)
    assert [row.granted_by for row in logged(shop, third)] == [Grant.PURCHASED]


def test_a_subscription_gives_no_collections_and_none_that_is_over_gives_anything(
    shop: Shop, buyer: User
) -> None:
    icon = shop.icon()
    shop.pay(shop.order(buyer, shop.plan()))
    with pytest.raises(Forbidden):
        issue(shop.buying(buyer), shop.priced_set())
    issue(shop.buying(buyer), icon)
    shop.work.session.execute(
        text("update users_to_subscription_plans set end_date = statement_timestamp() where user_id = :id"),
        {"id": buyer.id},
    )
    with pytest.raises(Forbidden):
        issue(shop.buying(buyer), icon)


def test_a_link_that_cannot_be_signed_takes_nothing_off_a_subscription(shop: Shop, buyer: User) -> None:
    shop.pay(shop.order(buyer, shop.plan(monthly_downloads=1)))
    icon = shop.icon()
    wanted = Wanted(entity_type="icon", unique_id=icon.unique_id)

    def broken(key: str, filename: str) -> str:
        raise ConnectionError

    with pytest.raises(ConnectionError), shop.work.savepoint():
        DownloadService(shop.buying(buyer)).issue(wanted, broken)
    assert issue(shop.buying(buyer), icon)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quota=st.integers(0, 4), clicks=st.lists(st.integers(0, 4), min_size=2, max_size=8))
def test_clicks_at_once_never_take_more_than_the_quota_nor_a_thing_twice(
    database: Database, quota: int, clicks: list[int]
) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        shop = Shop(work)
        buyer, icons = shop.user(), [shop.icon() for _ in range(5)]
        shop.pay(shop.order(buyer, shop.plan(monthly_downloads=quota)))

    def click(number: int) -> int | None:
        try:
            with database.unit_of_work(Actor.of(buyer)) as work:
                issue(work, icons[number])
        except NotEnoughCredits:
            return None
        return number

    with ThreadPoolExecutor(4) as threads:
        given_out = [number for number in threads.map(click, clicks) if number is not None]
    with database.unit_of_work(Actor.system("test")) as work:
        rows = DownloadRepository(work.session).find_all({"user_id": buyer.id})
        left = CreditService(work).available(buyer.id, CreditType.SUBSCRIBER)
    charged = [row.entity_id for row in rows if row.is_charged]
    assert len(charged) == len(set(charged)) == min(quota, len(set(clicks)))
    assert {row.entity_id for row in rows} == set(charged) == {icons[number].id for number in given_out}
    assert len(rows) == len(given_out)
    assert left == quota - len(charged)


@pytest.mark.parametrize(
    ("access", "may"),
    [
        ("all", {"buyer", "owner", "admin"}),
        ("customer", {"buyer", "owner", "admin"}),
        ("purchaser", {"buyer", "owner", "admin"}),
        ("subscriber", {"owner", "admin"}),
        ("owner", {"owner", "admin"}),
        ("admin", {"admin"}),
    ],
)
def test_a_picture_says_itself_who_may_fetch_it(shop: Shop, buyer: User, access: str, may: set[str]) -> None:
    icon = shop.icon()
    pictured(shop, icon, "png", access)
    shop.sell(buyer, icon)
    who = {
        "buyer": shop.buying(buyer),
        "owner": shop.acting_as(shop.contributor, Role.CONTRIBUTOR),
        "admin": shop.acting_as(shop.user(), Role.ADMIN),
    }
    assert {name for name, work in who.items() if gets_png(work, icon)} == may


def gets_png(work: UnitOfWork, icon: Icon) -> bool:
    try:
        return bool(issue(work, icon, format=Format.PNG))
    except NotFound:
        return False


def pictured(shop: Shop, icon: Icon, picture_format: str, access: str = "purchaser") -> None:
    ImageRepository(shop.work.session).create(
        {
            "entity_type": "icon",
            "entity_id": icon.id,
            "kind": "preview",
            "format": picture_format,
            "visibility": "private",
            "access": access,
            "name": "arrow",
            "object_key": word("images/arrow"),
            "image_hash": word("hash"),
            "size_bytes": 1,
            "width": 512,
            "height": 512,
        }
    )
