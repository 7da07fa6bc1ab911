"""The payment gateway: what is asked of Stripe, and Stripe's own library behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import Protocol, TypeVar

import stripe
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from vectoricons.common.breaker import Breaker
from vectoricons.common.errors import AppError, Unavailable
from vectoricons.config import Settings

T = TypeVar("T")

CURRENCY = "usd"
TIMEOUT = 10  # seconds
RETRIES = 2  # by the library, with the same idempotency key, after 409, 5xx and lost connections


class PaymentDeclined(AppError):
    """The card or its bank said no."""

    code = "payment-declined"
    status = HTTPStatus.PAYMENT_REQUIRED
    title = "The payment was declined"


class PaymentRefused(AppError):
    """The processor will not do this, however often it is asked."""

    code = "payment-refused"
    status = HTTPStatus.CONFLICT
    title = "The payment processor refuses this"


class StripeSettings(Settings):
    """How Stripe is reached (``STRIPE_*``). The key comes from the secret store and is in no log."""

    model_config = SettingsConfigDict(env_prefix="STRIPE_")

    secret_key: SecretStr
    api_base: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment that a buyer's browser may confirm with ``client_secret``: for that buyer alone."""

    id: str
    client_secret: str = field(repr=False)


class PaymentGateway(Protocol):
    """What is asked of a payment processor. The same *key* is the same request, however often it is made.

    All raise Unavailable while it does not answer.
    """

    def create_customer(self, *, name: str, email: str, key: str) -> str:
        """The processor's id for a new customer."""
        ...

    def create_intent(
        self, amount: Decimal, *, customer: str, metadata: Mapping[str, str], key: str
    ) -> Intent:
        """A payment of *amount* dollars by the customer, to be confirmed in their browser."""
        ...

    def refund(self, charge: str, amount: Decimal, *, key: str) -> str:
        """Send *amount* of a charge back to its card; the processor's id for that."""
        ...


class StripeGateway:
    """Stripe. Times out, tries again under the same key, and is left alone while it does not answer."""

    def __init__(self, settings: StripeSettings, *, retries: int = RETRIES, timeout: float = TIMEOUT) -> None:
        self._client = stripe.StripeClient(
            settings.secret_key.get_secret_value(),
            base_addresses={"api": settings.api_base},
            http_client=stripe.RequestsClient(timeout=timeout),
            max_network_retries=retries,
        )
        self._breaker = Breaker("Stripe", is_answer=lambda error: not _is_failure(error))

    def create_customer(self, *, name: str, email: str, key: str) -> str:
        """The processor's id for a new customer."""
        made = self._ask(
            lambda: self._client.v1.customers.create({"name": name, "email": email}, {"idempotency_key": key})
        )
        return made.id

    def create_intent(
        self, amount: Decimal, *, customer: str, metadata: Mapping[str, str], key: str
    ) -> Intent:
        """A payment of *amount* dollars by the customer, to be confirmed in their browser."""
        made = self._ask(
            lambda: self._client.v1.payment_intents.create(
                {
                    "amount": cents(amount),
                    "currency": CURRENCY,
                    "customer": customer,
                    "metadata": dict(metadata),
                    "automatic_payment_methods": {"enabled": True},
                },
                {"idempotency_key": key},
            )
        )
        return Intent(made.id, made.client_secret or "")

    def refund(self, charge: str, amount: Decimal, *, key: str) -> str:
        """Send *amount* of a charge back to its card; the processor's id for that."""
        made = self._ask(
            lambda: self._client.v1.refunds.create(
                {"payment_intent": charge, "amount": cents(amount)}, {"idempotency_key": key}
            )
        )
        return made.id

    def _ask(self, request: Callable[[], T]) -> T:
        try:
            return self._breaker.call(request)
        except stripe.CardError as error:
            raise PaymentDeclined(error.user_message or "Your card was declined.") from None
        except stripe.StripeError as error:
            if _is_failure(error):
                raise Unavailable("Stripe does not answer. Nothing was charged; try again soon.") from None
            raise PaymentRefused(f"Stripe says: {error.user_message or error.code or error}") from error


def cents(amount: Decimal) -> int:
    """Dollars as Stripe counts them."""
    return int(amount.scaleb(2))


def dollars(amount: int) -> Decimal:
    """Stripe's cents as dollars."""
    return Decimal(amount).scaleb(-2)


def _is_failure(error: BaseException) -> bool:
    """Whether Stripe was away, overrun or broken; anything else is an answer."""
    if not isinstance(error, stripe.StripeError):
        return True
    status = error.http_status or 0
    return isinstance(error, stripe.APIConnectionError | stripe.RateLimitError) or status >= 500
