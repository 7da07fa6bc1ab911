"""The adapter to Stripe: against its own stand-in, and against answers that are written here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from local.processes import free_port
from tests.base.world import word
from vectoricons.common.errors import Unavailable
from vectoricons.stripe.gateway import (
    PaymentDeclined,
    PaymentRefused,
    StripeGateway,
    StripeSettings,
    cents,
    dollars,
)


def reached(url: str) -> StripeSettings:
    return StripeSettings(secret_key=SecretStr("sk_test_ofthistest"), api_base=url)


def test_stripe_takes_what_the_adapter_sends(gateway: StripeGateway) -> None:
    assert gateway.create_customer(name="Ann", email="ann@example.org", key=word("c")).startswith("cus_")
    intent = gateway.create_intent(
        Decimal("9.90"), customer="cus_1", metadata={"order": "abc"}, key=word("i")
    )
    assert intent.id.startswith("pi_")
    assert intent.client_secret not in repr(intent)
    assert gateway.refund(intent.id, Decimal("9.90"), key=word("r")).startswith("re_")


class Answers:
    """A Stripe that gives these answers in turn, and keeps the key each request came with."""

    def __init__(self, *answers: tuple[int, Mapping[str, Any]]) -> None:
        self.given = list(answers)
        self.keys: list[str | None] = []

    @contextmanager
    def running(self) -> Iterator[str]:
        answers = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                answers.keys.append(self.headers["Idempotency-Key"])
                status, body = answers.given.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()


def test_a_request_that_failed_is_made_again_under_the_same_key() -> None:
    broken = {"error": {"type": "api_error", "message": "We broke."}}
    answers = Answers((500, broken), (200, {"id": "re_1", "object": "refund"}))
    with answers.running() as url:
        assert StripeGateway(reached(url)).refund("pi_1", Decimal(1), key="refund-7") == "re_1"
    assert answers.keys == ["refund-7", "refund-7"]


def test_a_declined_card_is_told_in_words() -> None:
    declined = {
        "error": {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
    }
    with (
        Answers((402, declined)).running() as url,
        pytest.raises(PaymentDeclined, match="Your card was declined"),
    ):
        StripeGateway(reached(url)).create_intent(Decimal(1), customer="cus_1", metadata={}, key="k")


def test_a_refusal_is_an_answer_and_no_absence() -> None:
    refused = {"error": {"type": "invalid_request_error", "message": "No such charge."}}
    with Answers(*[(400, refused)] * 7).running() as url:
        gateway = StripeGateway(reached(url))
        for _ in range(7):
            with pytest.raises(PaymentRefused, match="No such charge"):
                gateway.refund("pi_of_nobody", Decimal(1), key="k")


def test_a_stripe_that_does_not_answer_is_left_alone_after_a_while() -> None:
    away = StripeGateway(reached(f"http://127.0.0.1:{free_port()}"), timeout=1, retries=0)
    for _ in range(5):
        with pytest.raises(Unavailable, match="does not answer"):
            away.refund("pi_1", Decimal(1), key="k")
    with pytest.raises(Unavailable, match="not answered lately"):
        away.refund("pi_1", Decimal(1), key="k")


def test_the_key_is_in_no_representation() -> None:
    assert "sk_test" not in repr(reached("http://127.0.0.1:1"))


@pytest.mark.parametrize(("amount", "number"), [("0.01", 1), ("10.00", 1000), ("99999.99", 9999999)])
def test_dollars_are_cents_to_stripe_and_back(amount: str, number: int) -> None:
    assert (cents(Decimal(amount)), dollars(number)) == (number, Decimal(amount))
