"""Access tokens: who somebody is, signed, good for a quarter of an hour (JWT, RFC 7519)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from vectoricons.common.errors import Unauthenticated
from vectoricons.users import User

LIFE = timedelta(minutes=15)
ALGORITHM = "HS256"
AUDIENCE = "vectoricons"
VERSION = "ver"


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom a token is of, and the version of their tokens that it belongs to."""

    uuid: UUID
    token_version: int


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Signs with the last of its *keys*, takes what any of them signed."""

    keys: Sequence[str]
    life: timedelta = LIFE

    def issue(self, user: User) -> str:
        """A token of the user's, revoked with all others when they sign out or change their password."""
        now = datetime.now(UTC)
        claims = {
            "aud": AUDIENCE,
            "sub": str(user.uuid),
            VERSION: user.token_version,
            "iat": now,
            "exp": now + self.life,
        }
        return jwt.encode(claims, self.keys[-1], algorithm=ALGORITHM)

    def read(self, token: str) -> Claims:
        """What *token* says; whether it was revoked says :meth:`SignIn.resume`. Raises Unauthenticated."""
        for key in reversed(self.keys):
            try:
                claims = jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    audience=AUDIENCE,
                    options={"require": ["sub", VERSION, "iat", "exp"]},
                )
                return Claims(UUID(claims["sub"]), int(claims[VERSION]))
            except jwt.InvalidSignatureError:
                continue
            except jwt.ExpiredSignatureError:
                raise Unauthenticated("The access token has expired. Sign in again.") from None
            except (jwt.InvalidTokenError, ValueError, TypeError):
                break
        raise Unauthenticated("This is no access token of ours.")
