"""Money by API: coupons tried, credits given, plans changed, earnings asked for; each of it once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.access.doors import World
from tests.api.access.money import a_new_plan, earned
from tests.api.factories import SYSTEM, Shelf
from tests.api.programs import Program
from tests.base.at_once import at_once
from tests.base.money import books_are_right
from vectoricons.common.database import Database
from vectoricons.transactions import cards

COUPONS, CREDITS, PLANS = "/api/v1/coupon-codes", "/api/v1/credits", "/api/v1/subscription-plans"
SUBSCRIPTIONS, CASHOUTS = "/api/v1/subscriptions", "/api/v1/cashout-requests"
ITEMS, ADJUSTMENTS = "/api/v1/carts/current/items", "/api/v1/credits/adjustments"


@pytest.fixture
def admin(app: Flask, shelf: Shelf) -> Program:
    return Program(app, shelf, "root", role="admin")


@pytest.fixture
def buyer(app: Flask, shelf: Shelf) -> Program:
    """Somebody who has bought nothing yet."""
    return Program(app, shelf, f"buyer{uuid4().hex[:12]}", role="customer")


@pytest.fixture
def contributor(app: Flask, shelf: Shelf) -> Program:
    """A contributor who has earned ten dollars."""
    program = Program(app, shelf, f"maker{uuid4().hex[:12]}", role="contributor")
    with shelf.database.unit_of_work(SYSTEM) as work:
        earned(program.user.id, work)
    return program


def coupon(**given: Any) -> dict[str, Any]:
    return {"code": f"OFF-{uuid4().hex[:12]}", "type": "fixed", "amount": "1.00", **given}


def on_account(database: Database, buyer: Program, amount: str) -> None:
    with database.unit_of_work(SYSTEM) as work:
        cards.receive(work, buyer.user.id, Decimal(amount), uuid4().hex)


def test_a_coupon_is_written_by_an_administrator_and_tried_by_a_buyer(
    admin: Program, buyer: Program, shelf: Shelf
) -> None:
    made = admin("POST", COUPONS, coupon(scope="buyer", userId=str(buyer.user.uuid)))
    code = made.json["id"]
    assert (made.status_code, made.json["userId"]) == (201, str(buyer.user.uuid))
    assert made.headers["Location"] == f"{COUPONS}/{code}"
    assert buyer("POST", f"{COUPONS}/validate", {"code": code}).json["result"] == "CART_REQUIRED"
    icon = shelf.item(shelf.set(shelf.family(by="seller")), price=2)
    thing = {"entityType": "icon", "entityId": icon.unique_id}
    assert buyer("POST", f"{COUPONS}/validate", {"code": code, **thing}).json["code"] == code
    buyer("POST", ITEMS, thing)
    holds = buyer("POST", f"{COUPONS}/validate", {"code": code.lower()})
    assert (holds.status_code, holds.json["amount"]) == (200, "1.00")
    assert "uses" not in holds.json
    admin("PATCH", f"{COUPONS}/{code}", {"isActive": False})
    refused = buyer("POST", f"{COUPONS}/validate", {"code": code})
    assert (refused.status_code, refused.json["result"]) == (422, "COUPON_INACTIVE")
    lacking = buyer("POST", f"{COUPONS}/validate", {"code": code, "entityType": "icon"})
    assert lacking.json["result"] == "ENTITY_ID_REQUIRED"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"type": "percentage", "amount": "101"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"scope": "seller"}, "userId"),
        ({"userId": str(uuid4())}, "userId"),
        ({"startDate": "2030-01-02T00:00:00Z", "endDate": "2030-01-01T00:00:00Z"}, "endDate"),
        ({"endDate": "2030-01-01"}, "endDate"),
        ({"code": "no spaces"}, "code"),
        ({"maxUses": 0}, "maxUses"),
        ({"entityType": "icon", "entityId": "000000000000"}, "entityId"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused_by_its_field(
    admin: Program, given: dict[str, Any], field: str
) -> None:
    refused = admin("POST", COUPONS, coupon(**given))
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_credits_are_given_and_taken_once_for_each_key(
    admin: Program, buyer: Program, database: Database
) -> None:
    given = {"userId": str(buyer.user.uuid), "quantity": 5, "memo": "for waiting"}
    answers: list[Any] = []

    def give() -> None:
        answers.append(admin("POST", ADJUSTMENTS, given, Idempotency_Key=key))

    key = str(uuid4())
    assert at_once(give, give, give) == []
    assert {(answer.status_code, answer.json["available"]) for answer in answers} == {(201, 5)}
    assert admin("POST", ADJUSTMENTS, {**given, "quantity": -2}).json["available"] == 3
    held = buyer("GET", CREDITS).json["items"]
    assert [(one["quantity"], one["remaining"], one["worth"]) for one in held] == [(5, 3, "3.00")]
    too_many = admin("POST", ADJUSTMENTS, {**given, "quantity": -4})
    assert (too_many.status_code, too_many.json["code"]) == (409, "not-enough-credits")
    assert admin("POST", ADJUSTMENTS, {**given, "quantity": 0}).status_code == 422
    entries = buyer("GET", "/api/v1/account-entries").json["items"]
    assert [(one["amount"], one["memo"]) for one in entries] == [
        ("2.00", "for waiting"),
        ("5.00", "for waiting"),
    ]
    assert {one["userId"] for one in entries} == {str(buyer.user.uuid)}
    (account,) = buyer("GET", "/api/v1/accounts").json["items"]
    assert (account["balance"], account["userId"]) == ("3.00", str(buyer.user.uuid))
    with database.unit_of_work(SYSTEM) as work:
        assert books_are_right(work)


def test_an_administrator_finds_what_is_somebodys(admin: Program, buyer: Program) -> None:
    admin("POST", ADJUSTMENTS, {"userId": str(buyer.user.uuid), "quantity": 1, "memo": "a present"})
    found = admin("GET", f"{CREDITS}?userId={buyer.user.uuid}").json["items"]
    assert [one["userId"] for one in found] == [str(buyer.user.uuid)]
    assert buyer("GET", f"{CREDITS}?userId={admin.user.uuid}").json["items"] == []
    nobody = admin("GET", f"{CREDITS}?userId={uuid4()}")
    assert (nobody.status_code, nobody.json["errors"][0]["field"]) == (422, "userId")


def test_an_administrator_reads_a_transaction_with_what_it_is_made_of(admin: Program, buyer: Program) -> None:
    admin("POST", ADJUSTMENTS, {"userId": str(buyer.user.uuid), "quantity": 2, "memo": "a present"})
    found = admin("GET", "/api/v1/transactions").json["items"][0]
    assert (found["amount"], found["transactionCategory"]["value"]) == ("2.00", "adjustment")
    assert sorted(one["amount"] for one in found["transactionItems"]) == ["2.00", "2.00"]
    assert admin("GET", f"/api/v1/transactions/{found['id']}").json == found


def test_guests_see_the_plans_that_are_offered(
    admin: Program, client: FlaskClient, app: Flask, shelf: Shelf
) -> None:
    made = admin("POST", PLANS, {**a_new_plan(World(app, shelf)), "monthlyDownloads": 3})
    address = made.headers["Location"]
    assert client.get(address).json["pricePerCredit"] == "0.25"
    assert client.get(f"{PLANS}?billingPeriod=yearly").json["items"][0]["id"] == made.json["id"]
    admin("PATCH", address, {"isActive": False})
    assert client.get(address).status_code == 404
    assert admin("POST", PLANS, {**made.json, "title": "x"}).status_code == 422


def test_a_plan_is_begun_changed_and_given_up_with_what_is_on_the_account(
    admin: Program, buyer: Program, app: Flask, shelf: Shelf, database: Database
) -> None:
    small, large = (
        admin("POST", PLANS, {**a_new_plan(World(app, shelf)), "price": price, "billingPeriod": "monthly"})
        for price in ("9.00", "20.00")
    )
    begin = {"subscriptionPlanId": small.json["id"], "price": "9.00"}
    assert buyer("POST", SUBSCRIPTIONS, begin).json["code"] == "insufficient-funds"
    assert buyer("POST", SUBSCRIPTIONS, {**begin, "price": "1.00"}).json["code"] == "price-changed"
    assert buyer("POST", SUBSCRIPTIONS, {**begin, "subscriptionPlanId": 2**40}).status_code == 404
    on_account(database, buyer, "9.00")
    key = str(uuid4())
    first, again = (buyer("POST", SUBSCRIPTIONS, begin, Idempotency_Key=key) for _ in range(2))
    assert (first.status_code, again.data) == (201, first.data)
    assert first.json["subscriptionPlan"]["price"] == "9.00"
    assert buyer("GET", first.headers["Location"]).json == first.json
    assert len(buyer("GET", "/api/v1/billing-periods").json["items"]) == 1
    due = buyer("GET", f"{SUBSCRIPTIONS}/quote?subscriptionPlanId={large.json['id']}").json
    assert Decimal(due["toPay"]) + Decimal(due["givenBack"]) == 20
    on_account(database, buyer, "12.00")
    changed = buyer("POST", SUBSCRIPTIONS, {"subscriptionPlanId": large.json["id"], "price": "20.00"})
    assert changed.json["isActive"] is True
    assert buyer("GET", first.headers["Location"]).json["isActive"] is False
    assert buyer("DELETE", changed.headers["Location"]).status_code == 204
    assert buyer("GET", changed.headers["Location"]).json["cancelledAt"]
    with database.unit_of_work(SYSTEM) as work:
        assert books_are_right(work)


def test_what_was_earned_is_asked_for_and_decided(admin: Program, contributor: Program) -> None:
    wanted = {"amount": "10.00", "email": "Ada@Example.com", "method": "paypal"}
    asked = contributor("POST", CASHOUTS, wanted)
    address = asked.headers["Location"]
    assert (asked.status_code, asked.json["status"], asked.json["email"]) == (
        201,
        "pending",
        "ada@example.com",
    )
    assert contributor("POST", CASHOUTS, wanted).json["code"] == "insufficient-funds"
    assert contributor("PATCH", address, {"status": "approved"}).status_code == 403
    assert admin("PATCH", address, {"status": "denied"}).json["errors"][0]["field"] == "memo"
    seen = admin("GET", address).headers["ETag"]
    approved = admin("PATCH", address, {"status": "approved"}, If_Match=seen)
    assert (approved.status_code, approved.json["approverId"]) == (200, str(admin.user.uuid))
    assert admin("PATCH", address, {"status": "completed"}, If_Match=seen).status_code == 412
    wrong = admin("PATCH", address, {"status": "denied", "memo": "too late"})
    assert (wrong.status_code, wrong.json["code"]) == (409, "conflict")
    failed = admin("PATCH", address, {"status": "failed", "memo": "no such account"})
    assert (failed.json["status"], failed.json["memo"]) == ("failed", "no such account")
    again = contributor("POST", CASHOUTS, wanted).headers["Location"]
    assert contributor("PATCH", again, {"status": "cancellation_requested"}).status_code == 200
    assert admin("PATCH", again, {"status": "cancelled"}).json["status"] == "cancelled"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount": "9.99"}, "Ask for $10.00 or more"),
        ({"email": "nowhere"}, "not an e-mail address"),
        ({"method": "cash"}, '"method" is wrong'),
    ],
)
def test_an_unpayable_wish_is_refused_in_words(
    contributor: Program, given: dict[str, Any], words: str
) -> None:
    wanted = {"amount": "10.00", "email": "ada@example.com", "method": "paypal", **given}
    refused = contributor("POST", CASHOUTS, wanted)
    assert refused.status_code == 422
    assert words in refused.json["detail"]
