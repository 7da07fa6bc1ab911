"""Buying: into the cart, through the checkout, once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from tests.api.factories import SYSTEM, Shelf
from tests.api.programs import Program
from tests.base.at_once import at_once
from vectoricons.coupon_codes import CouponCodeRepository
from vectoricons.products.items import Item
from vectoricons.transactions.settlement import Settlement

CART, ITEMS, ORDERS = "/api/v1/carts/current", "/api/v1/carts/current/items", "/api/v1/orders"


@pytest.fixture
def buyer(app: Flask, shelf: Shelf) -> Program:
    """Somebody who has bought nothing yet."""
    return Program(app, shelf, f"buyer{uuid4().hex[:12]}", role="customer")


def on_sale(shelf: Shelf, price: float = 2, *, of: str = "icon") -> Item:
    return shelf.item(shelf.set(shelf.family(by="seller"), of=of), of=of, price=price)


def line(item: Item, kind: str = "icon") -> dict[str, Any]:
    return {"entityType": kind, "entityId": item.unique_id}


def a_coupon(shelf: Shelf, **given: Any) -> str:
    code = f"OFF-{uuid4().hex[:12]}".upper()
    with shelf.database.unit_of_work(SYSTEM) as work:
        CouponCodeRepository(work.session).create({"code": code, "type": "fixed", "amount": 1, **given})
    return code


def test_a_cart_is_filled_priced_and_emptied(buyer: Program, shelf: Shelf) -> None:
    assert buyer("GET", CART).status_code == 404
    icon, drawing = on_sale(shelf), on_sale(shelf, 5, of="illustration")
    first = buyer("POST", ITEMS, line(icon))
    assert (first.status_code, first.headers["Location"]) == (201, CART)
    cart = buyer("POST", ITEMS, line(drawing, "illustration")).json
    assert buyer("POST", ITEMS, line(icon)).json["total"] == cart["total"] == "7.00"
    assert [(one["entityType"], one["entityId"], one["price"]) for one in cart["cartItems"]] == [
        ("icon", icon.unique_id, "2.00"),
        ("illustration", drawing.unique_id, "5.00"),
    ]
    assert cart["userId"] == str(buyer.user.uuid)
    taken_out = buyer("DELETE", f"{ITEMS}/icon/{icon.unique_id}")
    assert (taken_out.status_code, taken_out.data) == (204, b"")
    assert buyer("GET", CART).json["total"] == "5.00"
    assert buyer("DELETE", ITEMS).status_code == 204
    empty = buyer("GET", CART).json
    assert (empty["cartItems"], empty["total"]) == ([], "0.00")
    assert [one["id"] for one in buyer("GET", "/api/v1/carts").json["items"]] == [cart["id"]]


def test_credits_go_into_a_cart_by_their_number(buyer: Program) -> None:
    cart = buyer("POST", ITEMS, {"entityType": "credit", "entityId": "50"}).json
    assert (cart["cartItems"][0]["entityId"], cart["total"]) == ("50", "50.00")


def test_a_coupon_is_used_for_a_cart_and_taken_back(buyer: Program, shelf: Shelf) -> None:
    code = a_coupon(shelf)
    buyer("POST", ITEMS, line(on_sale(shelf)))
    cheaper = buyer("PUT", f"{CART}/coupon", {"code": code.lower()}).json
    assert (cheaper["couponCodeId"], cheaper["discount"], cheaper["total"]) == (code, "1.00", "1.00")
    again = buyer("PUT", f"{CART}/coupon", {"code": code})
    assert (again.status_code, again.json["result"]) == (422, "COUPON_ALREADY_USED_BY_CART")
    assert buyer("DELETE", f"{CART}/coupon").status_code == 204
    whole = buyer("GET", CART).json
    assert (whole["couponCodeId"], whole["total"]) == (None, "2.00")


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"entityType": "banana", "entityId": "1"}, 422, "entityType"),
        ({"entityType": "icon", "entityId": "000000000000"}, 422, "entityId"),
        ({"entityType": "subscription", "entityId": "gold"}, 422, "entityId"),
        ({"entityType": "subscription", "entityId": "9" * 30}, 422, "entityId"),
        ({"entityType": "credit", "entityId": "7"}, 404, "not on sale"),
        ({"entityType": "icon"}, 422, "entityId"),
        ({"entityType": "icon", "entityId": "x", "price": "0.01"}, 422, "price"),
    ],
)
def test_what_cannot_be_bought_is_refused_by_its_field(
    buyer: Program, body: Any, status: int, says: str
) -> None:
    refused = buyer("POST", ITEMS, body)
    assert refused.status_code == status
    assert says in refused.text


def test_what_was_never_in_a_cart_is_no_error_and_what_there_is_not_is_not_found(
    buyer: Program, shelf: Shelf
) -> None:
    assert buyer("DELETE", f"{ITEMS}/icon/{on_sale(shelf).unique_id}").status_code == 204
    assert buyer("DELETE", f"{ITEMS}/icon/000000000000").status_code == 404
    assert buyer("DELETE", f"{ITEMS}/banana/1").status_code == 404


def test_a_cart_becomes_an_order_at_the_total_that_was_shown(buyer: Program, shelf: Shelf) -> None:
    icon = on_sale(shelf)
    buyer("POST", ITEMS, line(icon))
    other = buyer("POST", ORDERS, {"total": "1.00"})
    assert (other.status_code, other.json["code"], other.json["total"]) == (409, "price-changed", "2.00")
    made = buyer("POST", ORDERS, {"total": "2.00"})
    assert (made.status_code, made.json["status"], made.json["discountedTotal"]) == (201, "pending", "2.00")
    assert [(one["entityId"], one["sellerId"]) for one in made.json["orderItems"]] == [
        (icon.unique_id, str(shelf.contributor("seller").uuid))
    ]
    assert buyer("GET", made.headers["Location"]).json == made.json
    assert buyer("GET", ORDERS).json["items"] == [made.json]
    assert buyer("GET", f"{ORDERS}?status=completed").json["items"] == []
    assert buyer("GET", CART).status_code == 404
    assert buyer("POST", ORDERS, {"total": "2.00"}).json["detail"] == "Your cart is empty."


def test_an_order_sent_twice_is_one_order_and_the_same_answer(buyer: Program, shelf: Shelf) -> None:
    buyer("POST", ITEMS, line(on_sale(shelf)))
    first, second = (buyer("POST", ORDERS, {"total": "2.00"}, Idempotency_Key="a-good-key") for _ in range(2))
    assert (second.status_code, second.data) == (201, first.data)
    assert second.headers["Location"] == first.headers["Location"]
    buyer("POST", ITEMS, line(on_sale(shelf, 3)))
    other = buyer("POST", ORDERS, {"total": "3.00"}, Idempotency_Key="a-good-key")
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert len(buyer("GET", ORDERS).json["items"]) == 1


def test_an_order_sent_twice_at_once_is_one_order_and_the_same_answer(buyer: Program, shelf: Shelf) -> None:
    buyer("POST", ITEMS, line(on_sale(shelf)))
    answers: list[Any] = []

    def send() -> None:
        answers.append(buyer("POST", ORDERS, {"total": "2.00"}, Idempotency_Key="at-the-same-time"))

    assert at_once(*[send] * 4) == []
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(buyer("GET", ORDERS).json["items"]) == 1


def test_after_a_day_the_same_key_still_is_the_same_order(buyer: Program, shelf: Shelf) -> None:
    buyer("POST", ITEMS, line(on_sale(shelf)))
    first = buyer("POST", ORDERS, {"total": "2.00"}, Idempotency_Key="of-yesterday").json
    with shelf.database.unit_of_work(SYSTEM) as work:
        work.session.execute(text("delete from idempotency_keys"))
    again = buyer("POST", ORDERS, {"total": "2.00"}, Idempotency_Key="of-yesterday")
    assert (again.status_code, again.json) == (201, first)


@pytest.mark.parametrize("key", [None, "", "short", "x" * 65, "with spaces in it"])
def test_what_costs_money_asks_for_a_key(buyer: Program, key: str | None) -> None:
    refused = buyer("POST", ORDERS, {"total": "2.00"}, Idempotency_Key=key)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert "such as a UUID" in refused.json["detail"]


@pytest.mark.parametrize("total", ["-1", "1.001", "NaN", "Infinity", "a lot", "1" * 30, [], None])
def test_a_total_is_an_amount_of_dollars(buyer: Program, total: Any) -> None:
    refused = buyer("POST", ORDERS, {"total": total})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "total")


def test_an_order_is_paid_with_credits_at_once(buyer: Program, shelf: Shelf) -> None:
    buyer("POST", ITEMS, line(on_sale(shelf)))
    poor = buyer("POST", ORDERS, {"total": "2.00", "payWith": "credits"})
    assert (poor.status_code, poor.json["code"]) == (409, "not-enough-credits")
    assert buyer("GET", ORDERS).json["items"] == []
    buyer("DELETE", ITEMS)
    buyer("POST", ITEMS, {"entityType": "credit", "entityId": "10"})
    pay(shelf, buyer("POST", ORDERS, {"total": "10.00"}).json["id"])
    buyer("POST", ITEMS, line(on_sale(shelf)))
    assert buyer("POST", ORDERS, {"total": "2.00", "payWith": "credits"}).json["status"] == "completed"


def pay(shelf: Shelf, order: str) -> None:
    """A card was charged for the order."""
    with shelf.database.unit_of_work(SYSTEM) as work:
        found = Settlement(work).get_by_unique_id(order)
        assert found
        Settlement(work).receive(found.id, charge=f"pi_{order}", amount=found.discounted_total)


def test_a_buyer_gives_up_what_is_not_paid_and_may_use_the_coupon_again(buyer: Program, shelf: Shelf) -> None:
    code = a_coupon(shelf, max_uses=1)
    buyer("POST", ITEMS, line(on_sale(shelf)))
    buyer("PUT", f"{CART}/coupon", {"code": code})
    made = buyer("POST", ORDERS, {"total": "1.00"})
    address, seen = made.headers["Location"], buyer("GET", made.headers["Location"]).headers["ETag"]
    given_up = buyer("PATCH", address, {"status": "cancelled"}, If_Match=seen)
    assert (given_up.status_code, given_up.json["status"]) == (200, "cancelled")
    late = buyer("PATCH", address, {"status": "pending"}, If_Match=seen)
    assert (late.status_code, late.json["code"]) == (412, "changed-meanwhile")
    wrong = buyer("PATCH", address, {"status": "pending"})
    assert (wrong.status_code, wrong.json["code"]) == (409, "conflict")
    assert buyer("PATCH", address, {"status": "completed"}).status_code == 422
    buyer("POST", ITEMS, line(on_sale(shelf)))
    assert buyer("PUT", f"{CART}/coupon", {"code": code}).json["total"] == "1.00"


def test_what_is_bought_is_nobody_elses_to_see(app: Flask, buyer: Program, shelf: Shelf) -> None:
    buyer("POST", ITEMS, line(on_sale(shelf)))
    address = buyer("POST", ORDERS, {"total": "2.00"}).headers["Location"]
    other = Program(app, shelf, "somebody", role="customer")
    assert other("GET", address).status_code == 404
    assert other("PATCH", address, {"status": "cancelled"}).status_code == 404
    assert address.split("/")[-1] not in other("GET", ORDERS).text


def test_an_administrator_finds_the_lines_of_an_order(app: Flask, buyer: Program, shelf: Shelf) -> None:
    buyer("POST", ITEMS, line(on_sale(shelf, 4)))
    made = buyer("POST", ORDERS, {"total": "4.00"}).json
    admin = Program(app, shelf, "root", role="admin")
    found = admin("GET", f"/api/v1/order-items?orderId={made['id']}").json["items"]
    assert found == made["orderItems"]
    assert Decimal(found[0]["amount"]) == 4
    assert buyer("GET", "/api/v1/order-items").status_code == 403
    nowhere = admin("GET", "/api/v1/order-items?orderId=000000000000")
    assert (nowhere.status_code, nowhere.json["errors"][0]["field"]) == (422, "orderId")
