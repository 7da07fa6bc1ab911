"""What the api and stream services are told by their task definition."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AfterValidator, Field, SecretStr

from vectoricons.config import ServiceSettings
from vectoricons.stripe.gateway import StripeSettings

SHORTEST_KEY = 32
THREADS = 8  # of the api and of the icons service: requests that are worked on at once
STREAM_THREADS = 256
KEEP_ALIVE = 75
"""Seconds that a connection may be idle: longer than the load balancer keeps one, or it would send a request
into one that has just been closed, and answer 502."""


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f'"{value}" is not an address such as https://vectoricons.net')
    return value.rstrip("/")


def _origin(value: str) -> str:
    if urlsplit(value).path:
        raise ValueError(f'"{value}" has a path; give scheme, host and port alone')
    return value


Address = Annotated[str, AfterValidator(_address)]
Origin = Annotated[str, AfterValidator(_address), AfterValidator(_origin)]


def _signing_key(value: SecretStr) -> SecretStr:
    try:
        found = load_pem_private_key(value.get_secret_value().encode(), password=None)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, RSAPrivateKey):
        raise ValueError("must be an RSA private key, as PEM without a password")
    return value


class WebSettings(ServiceSettings):
    """Where a service listens, and what the site is called from outside."""

    port: int = Field(ge=1, le=65_535)
    site_url: Origin

    @property
    def is_https(self) -> bool:
        """Whether visitors reach the site over TLS (and through the two trusted proxies that end it)."""
        return self.site_url.startswith("https://")


class SiteSettings(WebSettings):
    """What else the parts of the site are called, and what they sign with."""

    stream_url: Origin
    assets_url: Address
    session_key: SecretStr = Field(min_length=SHORTEST_KEY)
    session_key_previous: SecretStr | None = Field(default=None, min_length=SHORTEST_KEY)

    @property
    def keys(self) -> list[str]:
        """What CSRF tokens, tickets and page tokens may be signed with; the last one signs. Never log them.

        The other is the one before or the one to come, so that a change of keys refuses nobody's form.
        """
        known = [self.session_key_previous, self.session_key]
        return [key.get_secret_value() for key in known if key is not None]


class ApiSettings(SiteSettings):
    """The bucket that the api signs forms for, the key that it signs links with, and its way to Stripe."""

    uploads_bucket: str = Field(min_length=3)
    cdn_key_id: str = Field(min_length=1)
    cdn_private_key: Annotated[SecretStr, AfterValidator(_signing_key)]
    stripe_api_base: Origin
    stripe_secret_key: SecretStr = Field(min_length=1)
    stripe_webhook_secret: SecretStr = Field(min_length=1)

    @property
    def stripe(self) -> StripeSettings:
        """How Stripe is asked."""
        return StripeSettings(secret_key=self.stripe_secret_key, api_base=self.stripe_api_base)


def origin_of(address: str) -> str:
    """Scheme, host and port of *address*, as Content-Security-Policy and CORS name it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
