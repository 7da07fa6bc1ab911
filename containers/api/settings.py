"""What the api and stream services are told by their task definition."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from vectoricons.common.settings import ServiceSettings

SHORTEST_KEY = 32


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


class ApiSettings(ServiceSettings):
    """Where the service listens, what it is called from outside, and which buckets it signs for."""

    port: int = Field(ge=1, le=65_535)
    site_url: Origin
    stream_url: Origin
    assets_url: Address
    uploads_bucket: str = Field(min_length=3)
    private_bucket: str = Field(min_length=3)
    session_key: SecretStr = Field(min_length=SHORTEST_KEY)
    session_key_previous: SecretStr | None = Field(default=None, min_length=SHORTEST_KEY)

    @property
    def is_https(self) -> bool:
        """Whether visitors reach the site over TLS (and through one trusted proxy that ends it)."""
        return self.site_url.startswith("https://")

    @property
    def keys(self) -> list[str]:
        """What CSRF tokens, tickets and page tokens may be signed with; the last one signs. Never log them.

        The other is the one before or the one to come, so that a change of keys refuses nobody's form.
        """
        known = [self.session_key_previous, self.session_key]
        return [key.get_secret_value() for key in known if key is not None]


def origin_of(address: str) -> str:
    """Scheme, host and port of *address*, as Content-Security-Policy and CORS name it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
