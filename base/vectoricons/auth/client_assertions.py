"""Client assertions: programs of ours that call one another prove which one they are (RFC 7523, HS256).

An assertion is for one call: it holds a nonce that is taken once, and lives for half a minute.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from redis import Redis

from vectoricons.common.errors import Unauthenticated

LIFE = timedelta(seconds=30)
ALGORITHM = "HS256"
SHORTEST_SECRET = 32


def sign(client: str, secret: str, *, audience: str) -> str:
    """An assertion of *client*, for one call of *audience*."""
    now = datetime.now(UTC)
    claims = {"iss": client, "aud": audience, "iat": now, "exp": now + LIFE, "jti": secrets.token_urlsafe(16)}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


@dataclass(frozen=True, slots=True)
class TrustedClients:
    """The clients that *audience* trusts, by name with their secrets. Nonces are remembered in Valkey."""

    audience: str
    secrets: Mapping[str, str]
    valkey: Redis

    def __post_init__(self) -> None:
        short = sorted(name for name, secret in self.secrets.items() if len(secret) < SHORTEST_SECRET)
        if short:
            raise ValueError(
                f"The secret of {', '.join(short)} is shorter than {SHORTEST_SECRET} characters."
            )

    def identify(self, assertion: str) -> str:
        """The client whose assertion it is; a second time it is nobody's. Raises Unauthenticated."""
        client = self._claimed(assertion)
        try:
            claims = jwt.decode(
                assertion,
                self.secrets[client],
                algorithms=[ALGORITHM],
                audience=self.audience,
                issuer=client,
                options={"require": ["iss", "aud", "iat", "exp", "jti"]},
            )
        except (jwt.InvalidTokenError, KeyError):
            raise _unknown() from None
        if claims["exp"] - claims["iat"] > LIFE.total_seconds() or not self._is_first(client, claims["jti"]):
            raise _unknown()
        return client

    def _claimed(self, assertion: str) -> str:
        try:
            return str(jwt.decode(assertion, options={"verify_signature": False}).get("iss"))
        except jwt.InvalidTokenError:
            raise _unknown() from None

    def _is_first(self, client: str, nonce: str) -> bool:
        return bool(self.valkey.set(f"nonce:{client}:{nonce}", 1, nx=True, ex=LIFE))


def _unknown() -> Unauthenticated:
    return Unauthenticated("This call is not signed by a client we trust, or was made before.")
