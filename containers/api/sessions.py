"""Who is signed in. Sessions live in Valkey; the browser holds a random name, which changes at sign-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import orjson
from flask import Flask, current_app, g, request, session
from flask_session.base import Serializer, ServerSideSession
from flask_session.redis.redis import RedisSessionInterface
from flask_wtf.csrf import CSRFProtect
from redis.exceptions import RedisError

from containers.api.wiring import Wiring, wired
from vectoricons.auth.authorization import authorize
from vectoricons.auth.sign_in import SignIn
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Unauthenticated
from vectoricons.config.enums import Role
from vectoricons.users import User

LIFE = timedelta(days=14)
USER, VERSION = "user", "version"
COOKIE = "__Host-session"  # over TLS: the browser gives it to this host alone
csrf = CSRFProtect()
logger = log.get(__name__)


class Json(Serializer):
    """Sessions as JSON and nothing else: the library's own would also unpickle, which runs what it reads."""

    def encode(self, session: ServerSideSession) -> bytes:
        """The session as it is stored."""
        return orjson.dumps(dict(session))

    def decode(self, serialized_data: bytes) -> dict[str, Any]:
        """A stored session."""
        kept: dict[str, Any] = orjson.loads(serialized_data)
        return kept


class Sessions(RedisSessionInterface):
    """Sessions in Valkey. While Valkey is away everybody is a guest, so that the catalogue stays open."""

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        try:
            return cast("dict[str, Any] | None", super()._retrieve_session_data(store_id))
        except (RedisError, orjson.JSONDecodeError) as error:
            logger.warning("session not readable", error=str(error))
            return None


def install(app: Flask, wiring: Wiring) -> None:
    """Give *app* sessions, and demand a token with every form and call that a session stands behind."""
    https = wiring.settings.is_https
    app.config.update(
        PERMANENT_SESSION_LIFETIME=LIFE,
        SECRET_KEY=wiring.settings.keys[-1],
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME=COOKIE if https else "session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_CHECK_DEFAULT=False,  # callers knows which requests a session stands behind
        WTF_CSRF_SECRET_KEY=wiring.settings.keys,
        WTF_CSRF_SSL_STRICT=False,  # the token is asked for, not the Referer that scripts do not send
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: an upload page may stay open for hours
    )
    sessions = Sessions(app, wiring.valkey, key_prefix="session:")
    sessions.serializer = Json()  # type: ignore[assignment]  # annotated as the one class it ships
    app.session_interface = sessions
    csrf.init_app(app)


def sign_in(email: str, password: str) -> User:
    """Start a session under a new name for who has these credentials. Raises as :meth:`SignIn.sign_in`."""
    user = proven(email, password)
    session.clear()
    session.update({USER: str(user.uuid), VERSION: user.token_version})
    cast("Sessions", current_app.session_interface).regenerate(cast("ServerSideSession", session))
    g.user = user
    return user


def proven(email: str, password: str) -> User:
    """Who has these credentials. Raises as :meth:`SignIn.sign_in`."""
    with wired().database.unit_of_work(Actor.anonymous(), trace_id=g.get("request_id")) as work:
        return SignIn(work).sign_in(email, password, ip_address=request.remote_addr)


def sign_out() -> None:
    """Forget the session here and in the browser."""
    session.clear()
    g.user = None


def current_user() -> User | None:
    """Who is signed in, with roles; None for a guest, and for whom the session was revoked."""
    if "user" not in g:
        g.user = _load()
    user: User | None = g.user
    return user


def is_open() -> bool:
    """Whether somebody's session stands behind this request. Who sends no cookie is not asked for one."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies and USER in session


def contributor() -> User:
    """The contributor who is signed in. Raises Unauthenticated or Forbidden."""
    return authorize(current_user(), [Role.CONTRIBUTOR])


def _load() -> User | None:
    if USER not in session:
        return None
    try:
        with wired().database.unit_of_work(Actor.anonymous()) as work:
            return SignIn(work).resume(UUID(session[USER]), session.get(VERSION, 0))
    except Unauthenticated:
        return None
