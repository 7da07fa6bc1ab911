"""API keys: what a person's programs sign in with. Shown whole once; the database holds a digest."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String, func, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.auth.sign_in import closed
from vectoricons.common import ids
from vectoricons.common.access_control import PRIVILEGED, nobody
from vectoricons.common.actor import Actor
from vectoricons.common.entity import Hidden, Timestamped
from vectoricons.common.errors import Forbidden, Invalid, Unauthenticated
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, related
from vectoricons.users import User, UserRow, one_time_tokens
from vectoricons.users.locking import lock_users

MARK = "vik"  # lets scanners for leaked secrets know one
MOST_KEYS = 25
USED_PRECISION = timedelta(minutes=1)  # a busy program does not write its row at each call
_KEY = re.compile(rf"{MARK}_(?P<prefix>[0-9a-z]{{{ids.PUBLIC_ID_LENGTH}}})_(?P<secret>[0-9a-f]{{64}})")


class Scope(StrEnum):
    """What a key may be used for."""

    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_WRITE = "catalogue:write"
    UPLOADS_WRITE = "uploads:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    DOWNLOADS_WRITE = "downloads:write"
    ACCOUNT_READ = "account:read"


class ApiKeyRow(Row, HasTimestamps):
    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("cardinality(scopes) > 0", name="scopes"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    prefix: Mapped[str] = mapped_column(String(ids.PUBLIC_ID_LENGTH), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    user: Mapped[UserRow] = related()


class ApiKey(Timestamped):
    """A key, known by its prefix. *last_used_at* is right to the minute."""

    id: int
    user_id: int
    name: str
    prefix: str
    digest: Annotated[str, Hidden]
    scopes: tuple[Scope, ...]
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who acts by a key, and for what it may be used."""

    user: User
    scopes: frozenset[Scope]

    @property
    def actor(self) -> Actor:
        """The key's person, without the roles that may do everything: a key that leaks is no master key."""
        plain = Actor.of(self.user)
        return Actor(plain.name, plain.id, plain.uuid, plain.roles - frozenset(PRIVILEGED))

    def require(self, scope: Scope) -> None:
        """Raises Forbidden for what the key may not be used for."""
        if scope not in self.scopes:
            raise Forbidden(f'This key may not be used for "{scope}". Make one with that scope.')


class ApiKeyRepository(Repository[ApiKeyRow, ApiKey]):
    """Keys."""

    graphs: ClassVar = {"default": (), "full": ("user.roles",)}
    unique_key = ("prefix",)

    def find_valid(self, prefix: str) -> ApiKey | None:
        """The key with its user and their roles, unless it was revoked or has expired."""
        now = func.statement_timestamp()
        is_in_time = or_(ApiKeyRow.expires_at.is_(None), ApiKeyRow.expires_at > now)
        return self.find_one_with_relations(
            (ApiKeyRow.prefix == prefix) & ApiKeyRow.revoked_at.is_(None) & is_in_time, "full"
        )

    def touch(self, id: int) -> None:
        """The key was used just now."""
        now = func.statement_timestamp()
        is_old = or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at < now - USED_PRECISION)
        self.update_where((ApiKeyRow.id == id) & is_old, {"last_used_at": now})


class ApiKeyService(Observable[ApiKey], Pluggable[ApiKey], AccessControlled[ApiKey]):
    """Keys: people make and revoke their own. Nothing of a key can be changed afterwards."""

    repository: ApiKeyRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)

    def issue(
        self, user_id: int, name: str, scopes: Iterable[str], *, expires_at: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """A new key, and the text of it, which is never to be had again.

        Raises Invalid for no scope, an unknown one, an expiry in the past, or more keys than anybody needs.
        """
        given = {
            "user_id": user_id,
            "name": name,
            "scopes": [scope.value for scope in _scopes(scopes)],
            "expires_at": expires_at,
        }
        prefix, secret = ids.public_id(), one_time_tokens.invented()
        secret_parts = {"prefix": prefix, "digest": one_time_tokens.digest(secret)}
        issued = self._perform(
            Write(name="issue", items=(given,)), lambda: self._issued({**given, **secret_parts})
        )
        return issued, f"{MARK}_{prefix}_{secret}"

    def revoke(self, id: int) -> ApiKey:
        """The key, which opens nothing any more; revoked again it stays as it was. Raises NotFound."""
        revoked = {"revoked_at": func.coalesce(ApiKeyRow.revoked_at, func.statement_timestamp())}
        return self._perform(
            Write(name="revoke", id=id), lambda: self._there(self.repository.update(id, revoked))
        )

    def _issued(self, given: dict[str, object]) -> ApiKey:
        user_id = given["user_id"]
        lock_users(self.work.session, [int(str(user_id))])
        if self.repository.count({"user_id": user_id, "revoked_at": None}) >= MOST_KEYS:
            raise Invalid(f"There are {MOST_KEYS} keys already. Revoke one that is not needed any more.")
        made = self.repository.create(given)
        if made.expires_at is not None and made.expires_at <= made.created_at:
            raise Invalid("The key would have expired already. Give a later moment, or none.")
        return made


def identify(repository: ApiKeyRepository, text: str) -> Holder:
    """Who acts by the key *text*. Raises Unauthenticated for what is none, Forbidden for a closed account."""
    parts = _KEY.fullmatch(text)
    key = repository.find_valid(parts["prefix"]) if parts else None
    digest = one_time_tokens.digest(parts["secret"] if parts else text)
    is_right = hmac.compare_digest(digest, key.digest if key else one_time_tokens.digest(""))
    if key is None or key.user is None or not is_right or not key.user.may_sign_in:
        raise Unauthenticated("This API key is not known, was revoked, or has expired.")
    if key.user.is_deny_all:
        raise closed()
    repository.touch(key.id)
    return Holder(key.user, frozenset(key.scopes))


def _scopes(given: Iterable[str]) -> list[Scope]:
    wanted = list(dict.fromkeys(given))
    unknown = sorted(set(wanted) - set(Scope))
    if unknown or not wanted:
        known = ", ".join(Scope)
        named = f"There is no scope {unknown[0]!r}" if unknown else "A key needs a scope"
        raise Invalid(f"{named}. Scopes are: {known}.")
    return [Scope(scope) for scope in wanted]
