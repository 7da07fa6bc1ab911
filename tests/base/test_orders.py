"""Orders: a state machine that payments move, and refunds line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.base.shop import Shop
from vectoricons.carts import CartService
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Forbidden, NotFound
from vectoricons.common.event_bus import payload
from vectoricons.common.outbox import EventOutboxRow
from vectoricons.orders import MOVES, Order, OrderRepository, OrderService, OrderStatus
from vectoricons.orders.events import CreditsPurchased, OrderConfirmed, OrderFailed, OrderRefunded
from vectoricons.users import User

ACTIONS: dict[str, tuple[Callable[[OrderService, int], object], OrderStatus]] = {
    "begin payment": (OrderService.begin_payment, OrderStatus.PROCESSING),
    "complete": (OrderService.complete, OrderStatus.COMPLETED),
    "fail": (OrderService.fail, OrderStatus.FAILED),
    "retry": (OrderService.retry, OrderStatus.PENDING),
    "cancel": (OrderService.cancel, OrderStatus.CANCELLED),
    "refund": (OrderService.refund, OrderStatus.REFUNDED),
}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(ACTIONS)), max_size=8))
def test_an_order_only_ever_is_where_its_moves_lead(shop: Shop, actions: Sequence[str]) -> None:
    orders = OrderService(shop.work)
    order = shop.order(shop.user(), shop.icon())
    expected = OrderStatus.PENDING
    for name in actions:
        act, target = ACTIONS[name]
        if target in MOVES[expected]:
            act(orders, order.id)
            expected = target
        elif target is expected:
            act(orders, order.id)  # told twice
        else:
            with pytest.raises(Conflict, match=str(expected)):
                act(orders, order.id)
        assert status_of(shop, order) is expected


def test_every_state_is_named_and_each_is_reached_or_is_the_first() -> None:
    assert set(MOVES) == set(OrderStatus)
    assert {OrderStatus.PENDING, *(to for following in MOVES.values() for to in following)} == set(
        OrderStatus
    )


def test_a_buyer_cancels_and_retries_and_moves_nothing_else(shop: Shop, buyer: User) -> None:
    order = shop.order(buyer, shop.icon())
    own, stranger = OrderService(shop.buying(buyer)), OrderService(shop.buying(shop.user()))
    forbidden = (own.begin_payment, own.complete, own.fail, own.refund)
    for act in forbidden:
        with pytest.raises(Forbidden):
            act(order.id)
    OrderService(shop.work).fail(order.id)
    for cancel in (stranger.cancel, stranger.retry):
        with pytest.raises((Forbidden, NotFound)):
            cancel(order.id)
    assert own.retry(order.id).status is OrderStatus.PENDING
    assert own.cancel(order.id).status is OrderStatus.CANCELLED


def test_an_order_nobody_placed_is_not_found(shop: Shop) -> None:
    for act, _ in ACTIONS.values():
        with pytest.raises(NotFound):
            act(OrderService(shop.work), 2**40)


def test_lines_are_refunded_once_and_the_last_one_ends_the_order(shop: Shop, buyer: User) -> None:
    order = shop.sell(buyer, shop.icon("2.00"), shop.icon("3.00"))
    lines = OrderRepository(shop.work.session).with_relations({"id": order.id})[0].order_items
    orders = OrderService(shop.work)
    first = orders.refund(order.id, [lines[0].id])
    assert [line.discounted_amount for line in first] == [Decimal("2.00")]
    assert orders.refund(order.id, [lines[0].id]) == []
    assert status_of(shop, order) is OrderStatus.COMPLETED
    assert [line.id for line in orders.refund(order.id)] == [lines[1].id]
    assert status_of(shop, order) is OrderStatus.REFUNDED
    assert orders.refund(order.id) == []


def test_a_line_of_another_order_is_not_refunded_with_this_one(shop: Shop, buyer: User) -> None:
    order, other = shop.sell(buyer, shop.icon()), shop.sell(shop.user(), shop.icon())
    foreign = OrderRepository(shop.work.session).with_relations({"id": other.id})[0].order_items[0]
    assert OrderService(shop.work).refund(order.id, [foreign.id]) == []
    assert status_of(shop, other) is OrderStatus.COMPLETED


def test_a_refund_asked_for_four_times_at_once_gives_each_line_back_once(database: Database) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        shop = Shop(work)
        order = shop.sell(shop.user(), shop.icon(), shop.icon())

    def refund(_attempt: int) -> int:
        with database.unit_of_work(Actor.system("test")) as work:
            return len(OrderService(work).refund(order.id))

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(refund, range(4))) == [0, 0, 0, 2]


def test_payment_and_cancellation_at_once_end_in_one_of_the_two(database: Database) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        shop = Shop(work)
        order = shop.order(shop.user(), shop.icon())

    def act(name: str) -> str:
        try:
            with database.unit_of_work(Actor.system("test")) as work:
                ACTIONS[name][0](OrderService(work), order.id)
        except Conflict:
            return "refused"
        return name

    with ThreadPoolExecutor(2) as threads:
        outcomes = set(threads.map(act, ["complete", "cancel"]))
    with database.unit_of_work(Actor.system("test")) as work:
        ended = status_of(Shop(work), order)
    assert outcomes == {"refused", {"completed": "complete", "cancelled": "cancel"}[ended]}


def test_a_paid_order_is_told_once_with_the_credits_in_it(shop: Shop, buyer: User) -> None:
    shop.fill(buyer, shop.icon("2.00"))
    CartService(shop.buying(buyer)).add_many(buyer.id, [("credit", 10), ("credit", 25)])
    order = shop.order(buyer)
    for _ in range(2):
        OrderService(shop.work).complete(order.id)
    assert told(shop, order, "order.confirmation") == [
        OrderConfirmed(
            user_id=buyer.id, order_id=order.id, order_unique_id=order.unique_id, amount=Decimal("37.00")
        )
    ]
    assert told(shop, order, "order.credits.purchase") == [
        CreditsPurchased(user_id=buyer.id, order_id=order.id, quantity=35, amount=Decimal("35.00"))
    ]


def test_a_failure_and_a_refund_are_told_with_their_amounts(shop: Shop, buyer: User) -> None:
    order = shop.order(buyer, shop.icon("2.00"), shop.icon("3.00"))
    orders = OrderService(shop.work)
    orders.fail(order.id)
    orders.complete(order.id)
    orders.refund(order.id, [order.order_items[1].id])
    who = {"user_id": buyer.id, "order_id": order.id, "order_unique_id": order.unique_id}
    assert told(shop, order, "order.add.failed") == [OrderFailed(**who, amount=Decimal("5.00"))]
    assert told(shop, order, "order.refund") == [
        OrderRefunded(**who, order_item_ids=(order.order_items[1].id,), amount=Decimal("3.00"))
    ]


def told(shop: Shop, order: Order, name: str) -> list[object]:
    """What was told of *order*: other tests' orders may be in the outbox for good."""
    sent = select(EventOutboxRow.data).where(EventOutboxRow.name == name)
    read = [payload.read(name, data) for data in shop.work.session.scalars(sent)]
    return [each for each in read if getattr(each, "order_id", None) == order.id]


def status_of(shop: Shop, order: Order) -> OrderStatus:
    found = OrderRepository(shop.work.session).find_by_id(order.id)
    assert found is not None
    return found.status
