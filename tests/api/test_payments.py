"""Payments by card: asked of Stripe's own stand-in, told of as Stripe signs, given back by administrators."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from containers.api.app import create_app
from containers.api.settings import ApiSettings
from local import stripe_mock
from local.processes import free_port
from local.valkey import Valkey
from tests.api.clients import SETTINGS
from tests.api.factories import SYSTEM, Shelf
from tests.api.programs import Program
from tests.base.money import books_are_right
from vectoricons.common.database import Database
from vectoricons.orders import OrderRepository
from vectoricons.stripe.invoices import InvoiceRepository

PLANS = "/api/v1/subscription-plans"
ORDERS, WEBHOOK = "/api/v1/orders", "/api/v1/webhooks/stripe"
SECRET = SETTINGS["stripe_webhook_secret"]


@pytest.fixture(scope="module")
def app(
    database: Database, valkey_server: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The app, with Stripe's stand-in behind it."""
    with (
        stripe_mock.running(tmp_path_factory.mktemp("stripe"), free_port()) as server,
        closing(Redis.from_url(valkey_server.url)) as cache,
    ):
        yield create_app(ApiSettings(**{**SETTINGS, "stripe_api_base": server.url}), database, cache)


@pytest.fixture
def buyer(app: Flask, shelf: Shelf) -> Program:
    """Somebody who has bought nothing yet."""
    return Program(app, shelf, f"buyer{uuid4().hex[:12]}", role="customer")


@pytest.fixture
def admin(app: Flask, shelf: Shelf) -> Program:
    return Program(app, shelf, "root", role="admin")


def ordered(buyer: Program, shelf: Shelf, *prices: int) -> dict[str, Any]:
    """An order of so many icons."""
    icons = shelf.set(shelf.family(by="seller"))
    for price in prices:
        line = {"entityType": "icon", "entityId": shelf.item(icons, price=price).unique_id}
        cart = buyer("POST", "/api/v1/carts/current/items", line).json
    made = buyer("POST", ORDERS, {"total": cart["total"]})
    assert made.status_code == 201
    found: dict[str, Any] = made.json
    return found


def signed(body: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    """The header Stripe would send with *body*."""
    moment = int(time.time()) - age
    made = stripe.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", secret)  # noqa: SLF001
    return f"t={moment},v1={made}"


def tell(client: FlaskClient, body: bytes, signature: str) -> Any:
    """What the webhook answers."""
    headers = {"Stripe-Signature": signature}
    return client.post(WEBHOOK, data=body, content_type="application/json; charset=utf-8", headers=headers)


def paid(intent: str, cents: int) -> bytes:
    """An event of Stripe's: the money is there."""
    about = {"id": intent, "object": "payment_intent", "amount_received": cents}
    event = {"id": f"evt_{uuid4().hex}", "type": "payment_intent.succeeded", "data": {"object": about}}
    return json.dumps(event).encode()


def pay(shelf: Shelf, client: FlaskClient, order: str) -> None:
    """The order was charged to a card, and Stripe told us."""
    intent = f"pi_{uuid4().hex}"
    with shelf.database.unit_of_work(SYSTEM) as work:
        found = OrderRepository(work.session).find_one({"unique_id": order})
        assert found
        given = {"user_id": found.user_id, "order_id": found.id, "stripe_id": intent}
        InvoiceRepository(work.session).create({**given, "amount": found.discounted_total})
    body = paid(intent, int(found.discounted_total * 100))
    assert tell(client, body, signed(body)).status_code == 204


def test_an_order_is_paid_by_card_and_complete_once_stripe_says_so(
    buyer: Program, client: FlaskClient, shelf: Shelf
) -> None:
    order = ordered(buyer, shelf, 2, 3)
    address = f"{ORDERS}/{order['id']}"
    begun = buyer("POST", f"{address}/payments")
    assert (begun.status_code, begun.headers["Location"]) == (201, address)
    assert begun.headers["Cache-Control"] == "no-store"
    assert set(begun.json) == {"id", "clientSecret"}
    (invoice,) = buyer("GET", "/api/v1/invoices").json["items"]
    assert (invoice["orderId"], invoice["amount"], invoice["status"]) == (order["id"], "5.00", "open")
    assert buyer("GET", address).json["status"] == "pending"
    body = paid(begun.json["id"], 500)
    for _ in range(2):
        told = tell(client, body, signed(body))
        assert (told.status_code, told.data) == (204, b"")
        assert "RateLimit-Limit" not in told.headers  # it is not counted as what people change
    assert buyer("GET", address).json["status"] == "completed"
    again = buyer("POST", f"{address}/payments")
    assert (again.status_code, again.json["code"]) == (409, "conflict")
    earned = Program(client.application, shelf, "seller", role="contributor")
    assert [one["balance"] for one in earned("GET", "/api/v1/accounts").json["items"]] == ["3.00"]
    with shelf.database.unit_of_work(SYSTEM) as work:
        assert books_are_right(work)


def test_a_plan_that_was_ordered_is_given_though_it_is_not_offered_any_more(
    admin: Program, buyer: Program, client: FlaskClient, shelf: Shelf
) -> None:
    plan = {"title": "Old", "price": "9.00", "billingPeriod": "monthly", "monthlyDownloads": 5}
    made = admin("POST", PLANS, {**plan, "stripePriceId": f"price_{uuid4().hex}"})
    line = {"entityType": "subscription", "entityId": str(made.json["id"])}
    assert buyer("POST", "/api/v1/carts/current/items", line).status_code == 201
    order = buyer("POST", ORDERS, {"total": "9.00"}).json
    address = made.headers["Location"]
    assert admin("DELETE", address).json["code"] == "conflict"
    assert admin("PATCH", address, {"isActive": False}).status_code == 200
    pay(shelf, client, order["id"])
    assert buyer("GET", f"{ORDERS}/{order['id']}").json["status"] == "completed"
    (held,) = buyer("GET", "/api/v1/subscriptions").json["items"]
    assert (held["subscriptionPlanId"], held["isActive"]) == (made.json["id"], True)


def test_a_secret_is_kept_in_no_answer(buyer: Program, shelf: Shelf, database: Database) -> None:
    order = ordered(buyer, shelf, 2)
    begun = buyer("POST", f"{ORDERS}/{order['id']}/payments", Idempotency_Key="a-secret-to-keep")
    with database.writer.connect() as connection:
        kept = connection.exec_driver_sql(
            "select body from idempotency_keys where key = 'a-secret-to-keep'"
        ).all()
    assert kept == [(None,)]
    assert begun.json["clientSecret"]


def test_a_key_of_another_order_pays_for_nothing(buyer: Program, shelf: Shelf) -> None:
    first, second = ordered(buyer, shelf, 2), ordered(buyer, shelf, 3)
    buyer("POST", f"{ORDERS}/{first['id']}/payments", Idempotency_Key="the-same-key")
    other = buyer("POST", f"{ORDERS}/{second['id']}/payments", Idempotency_Key="the-same-key")
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize("forgery", ["unsigned", "another secret", "an hour ago", "altered"])
def test_what_stripe_did_not_sign_is_refused_and_nothing_happens(
    buyer: Program, client: FlaskClient, shelf: Shelf, forgery: str
) -> None:
    order = ordered(buyer, shelf, 2)
    body = paid("pi_forged", 200)
    signature, sent = {
        "unsigned": ("", body),
        "another secret": (signed(body, secret="whsec_of_a_thief"), body),
        "an hour ago": (signed(body, age=3600), body),
        "altered": (signed(body), body.replace(b"200", b"900")),
    }[forgery]
    refused = tell(client, sent, signature)
    assert (refused.status_code, refused.json["code"]) == (400, "bad-signature")
    assert buyer("GET", f"{ORDERS}/{order['id']}").json["status"] == "pending"


@pytest.mark.parametrize("body", [b"{}", b"[]", b"\xff", b'{"id": 1, "type": "x", "data": {}}', b""])
def test_what_is_signed_and_no_event_is_refused_in_words(client: FlaskClient, body: bytes) -> None:
    signature = signed(body) if body.isascii() else "t=1,v1=x"
    refused = tell(client, body, signature)
    assert refused.status_code in {400, 422}
    assert refused.json["detail"]


def test_a_browser_needs_no_token_to_be_refused_and_json_is_asked_for(client: FlaskClient) -> None:
    refused = client.post(WEBHOOK, data=b"id=evt_1", content_type="application/x-www-form-urlencoded")
    assert (refused.status_code, refused.json["code"]) == (415, "unsupported-media-type")


def test_lines_are_given_back_once_and_the_order_at_last(
    admin: Program, buyer: Program, client: FlaskClient, shelf: Shelf
) -> None:
    order = ordered(buyer, shelf, 2, 3)
    address = f"{ORDERS}/{order['id']}/refunds"
    early = admin("POST", address, {})
    assert (early.status_code, early.json["code"]) == (409, "conflict")
    pay(shelf, client, order["id"])
    first = order["orderItems"][0]["id"]
    given_back, again = (
        admin("POST", address, {"orderItemIds": [first]}, Idempotency_Key="give-one-back") for _ in range(2)
    )
    assert (given_back.status_code, again.data) == (201, given_back.data)
    assert [bool(line["refundedAt"]) for line in given_back.json["orderItems"]] == [True, False]
    assert given_back.json["status"] == "completed"
    assert admin("POST", address, {}).json["status"] == "refunded"
    assert buyer("POST", address, {}).status_code == 403
    with shelf.database.unit_of_work(SYSTEM) as work:
        assert books_are_right(work)
