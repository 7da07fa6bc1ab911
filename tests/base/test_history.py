"""History: an order with its cart and all that was posted for it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.base.money import Market
from vectoricons.common.errors import Invalid
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.transactions.history import history
from vectoricons.transactions.refunds import Refunds


def test_a_purchase_is_told_by_any_of_its_ids(work: UnitOfWork) -> None:
    market = Market(work)
    buyer = market.user()
    order = market.paid(buyer, market.icon("10.00", name="Arrow"))
    Refunds(work).refund(order.id)
    (told,) = history(work, order_id=order.id)
    assert told.order.order_items[0].name == "Arrow"
    assert told.cart is not None
    assert (told.cart.id, told.cart.total) == (order.cart_id, Decimal("10.00"))
    assert [one.amount for one in told.transactions] == [Decimal("10.00")] * 4
    assert all(one.transaction_items for one in told.transactions)
    assert history(work, cart_id=order.cart_id) == [told]
    assert history(work, transaction_id=told.transactions[0].id) == [told]
    assert list(told.to_json()) == ["date", "cart", "order", "transactions"]


def test_nobody_is_told_of_another_s_purchase(work: UnitOfWork) -> None:
    market = Market(work)
    buyer = market.user()
    order = market.paid(buyer, market.icon("10.00"))
    assert len(history(market.buying(buyer), order_id=order.id)) == 1
    assert history(market.buying(market.user()), order_id=order.id) == []
    assert history(work, transaction_id=2**40) == []


def test_a_question_is_about_one_thing(work: UnitOfWork) -> None:
    with pytest.raises(Invalid, match="one of"):
        history(work)
    with pytest.raises(Invalid, match="one of"):
        history(work, order_id=1, cart_id=1)
