"""Who calls: a person with a session, a program with an API key or an access token, or anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from werkzeug.exceptions import UnsupportedMediaType

from containers.api import sessions
from containers.api.wiring import wired
from vectoricons.auth.access_tokens import AccessTokens
from vectoricons.auth.api_keys import MARK, ApiKeyRepository, Holder, Scope, identify
from vectoricons.auth.authorization import authorize
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Forbidden, Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.users import User

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SIGN_IN_FIRST = "Sign in first, or send an API key as Authorization: Bearer."
STARTS_A_SESSION = "session.create"  # it takes JSON alone, which no foreign page can send


class Reach(Enum):
    """Whom a door is open to; what they find behind it, its service decides."""

    EVERYBODY = "everybody"
    ACCOUNT = "account"
    CONTRIBUTOR = "contributor"
    ADMIN = "admin"

    @property
    def roles(self) -> tuple[Role, ...]:
        """One of these is asked for; none is any."""
        admins = (Role.ADMIN, Role.SUPER_ADMIN)
        return {Reach.CONTRIBUTOR: (Role.CONTRIBUTOR, *admins), Reach.ADMIN: admins}.get(self, ())

    @property
    def people(self) -> str:
        """Who they are, in words."""
        return {
            Reach.EVERYBODY: "everybody",
            Reach.ACCOUNT: "everybody who is signed in",
            Reach.CONTRIBUTOR: "contributors",
            Reach.ADMIN: "administrators",
        }[self]


@dataclass(frozen=True, slots=True)
class Door:
    """Whom an operation is open to, and the scope that an API key needs; where there is none, keys cannot."""

    reach: Reach
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. A key has *scopes*; a person has none and may do all that is theirs."""

    user: User | None = None
    scopes: frozenset[Scope] | None = None

    @property
    def actor(self) -> Actor:
        """Who acts, for services."""
        if self.user is None:
            return Actor.anonymous()
        return Actor.of(self.user) if self.scopes is None else Holder(self.user, self.scopes).actor

    def behind(self, before: Door | None) -> Caller:
        """Who it is behind a door for everybody: a key without the door's scope is anybody there."""
        if before is None or before.reach is not Reach.EVERYBODY or before.scope is None:
            return self
        return self if self.scopes is None or before.scope in self.scopes else Caller()

    def require(self, scope: Scope | None) -> None:
        """Raises Forbidden for a key that may not be used for this; where there is no scope, none may."""
        if self.user is None or self.scopes is None:
            return
        if scope is None:
            raise Forbidden("API keys may not be used for this. Sign in for it.")
        Holder(self.user, self.scopes).require(scope)


def door(reach: Reach, scope: Scope | None = None) -> Callable[[View], View]:
    """Put a door before a view of the API: it opens before anything is read, and the document tells of it."""

    def put(view: View) -> View:
        vars(view)["door"] = Door(reach, scope)
        return view

    return put


def door_of(view: Callable[..., Any] | None) -> Door | None:
    """The door before *view*, if there is one."""
    found: Door | None = getattr(view, "door", None)
    return found


def require_doors(app: Flask) -> None:
    """Raises TypeError for an operation of the API without a door: nothing is open by being forgotten."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and door_of(app.view_functions[rule.endpoint]) is None:
            raise TypeError(f"{rule.rule} ({rule.endpoint}) has no door: say whom it is open to.")


def install(app: Flask) -> None:
    """Know who calls before anything is done for them, and refuse what a foreign page made a browser send."""
    app.before_request(_guard)


def caller() -> Caller:
    """Who makes this request. Raises Unauthenticated for credentials that are none, Forbidden if closed."""
    if "caller" not in g:
        g.caller = _by_header() if "Authorization" in request.headers else Caller(sessions.current_user())
    found: Caller = g.caller
    return found


def sender() -> User | None:
    """Whose credentials came with this request. Where none came, no session is looked for."""
    found: Caller | None = g.get("caller")
    return found.user if found else None


def admit(reach: Reach, scope: Scope | None = None) -> Caller:
    """Who calls, if the door is open to them. Raises Unauthenticated, Forbidden."""
    found = caller()
    if reach is Reach.EVERYBODY:
        return found
    if found.user is None:
        raise Unauthenticated(SIGN_IN_FIRST)
    if reach.roles:
        authorize(found.user, reach.roles)
    found.require(scope)
    return found


def person() -> User:
    """The person who calls, or whose key does, behind a door. Raises Unauthenticated for a guest."""
    user = caller().user
    if user is None:
        raise Unauthenticated(SIGN_IN_FIRST)
    return user


def act(work: Callable[[UnitOfWork], T]) -> T:
    """The result of *work* in a transaction of who calls, tried again after what may pass."""
    return wired().database.transact(caller().actor, work, trace_id=g.get("request_id"))


def _guard() -> None:
    if not request.path.startswith("/api/"):
        sessions.csrf.protect()
        return
    if request.method == "OPTIONS":  # browsers ask it without credentials, before they send any
        return
    before = door_of(current_app.view_functions.get(request.endpoint or ""))
    if before is not None and before.reach is not Reach.EVERYBODY:
        admit(before.reach, before.scope)
    if "Authorization" in request.headers or sessions.is_open():
        g.caller = caller().behind(before)
    if request.method in SAFE:
        return
    if request.content_length and not request.is_json:
        raise UnsupportedMediaType
    is_by_session = "Authorization" not in request.headers and sessions.is_open()
    if is_by_session and request.endpoint != STARTS_A_SESSION:
        sessions.csrf.protect()


def _by_header() -> Caller:
    scheme, _, credentials = request.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer" or not credentials:
        raise Unauthenticated("Send an API key or an access token as Authorization: Bearer.")
    with wired().database.unit_of_work(Actor.anonymous()) as work:
        if credentials.startswith(f"{MARK}_"):
            holder = identify(ApiKeyRepository(work.session), credentials)
            return Caller(holder.user, holder.scopes)
        claims = AccessTokens(wired().settings.keys).read(credentials)
        return Caller(SignIn(work).resume(claims.uuid, claims.token_version))
