"""How often one may try: counted in Valkey for all processes, in this process while Valkey is away."""

from __future__ import annotations

import time

from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter
from flask_limiter.constants import HeaderNames
from flask_limiter.util import get_remote_address

from containers.api.callers import SAFE, sender
from containers.api.wiring import Wiring

READS = "1200 per minute"
CHANGES = "300 per minute"

SIGN_IN = "10 per minute; 100 per hour"
SIGN_UP = "10 per minute; 50 per hour"
LETTERS = "10 per minute; 50 per hour"
LETTERS_TO_ONE = "3 per minute; 10 per hour"
ONE_TIME_TOKENS = "10 per minute; 100 per hour"
UPLOAD = "60 per minute; 600 per hour"
DOWNLOAD = "120 per minute"

RESET = "RateLimit-Reset"


def by_caller() -> str:
    """A person with all their keys, wherever they are; guests by address."""
    user = sender()
    return f"user:{user.uuid}" if user else get_remote_address()


def _is_no_read() -> bool:
    return not request.path.startswith("/api/") or request.method not in SAFE


def _is_no_change() -> bool:
    return not request.path.startswith("/api/") or request.method in SAFE


limiter = Limiter(
    key_func=get_remote_address,
    application_limits=[
        ApplicationLimit(READS, key_function=by_caller, scope="reads", exempt_when=_is_no_read),
        ApplicationLimit(CHANGES, key_function=by_caller, scope="changes", exempt_when=_is_no_change),
    ],
    header_name_mapping={
        HeaderNames.LIMIT: "RateLimit-Limit",
        HeaderNames.REMAINING: "RateLimit-Remaining",
        HeaderNames.RESET: RESET,
    },
    headers_enabled=True,
    in_memory_fallback_enabled=True,
    key_prefix="limit",
    strategy="sliding-window-counter",
)


@limiter.request_filter
def _is_public_read() -> bool:
    # What everybody may read costs no trip to Valkey: the CDN keeps it, and its firewall counts. A read that
    # had a limit of its own would have to be left out here.
    return not _is_no_read() and sender() is None


def install(app: Flask, wiring: Wiring) -> None:
    """Count the requests of *app* in its Valkey."""
    app.config["RATELIMIT_STORAGE_URI"] = "redis://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"connection_pool": wiring.valkey.connection_pool}
    app.after_request(_in_seconds)  # before the limiter's own, so that it comes after it
    limiter.init_app(app)


def by_email() -> str:
    """One guesser from many addresses is still one guesser: sign-in is counted by account as well."""
    given = request.get_json(silent=True) if request.is_json else request.form
    email = given.get("email") if isinstance(given, dict) else None
    return f"email:{str(email or '').strip().lower()}"


def _in_seconds(response: Response) -> Response:
    """The limiter tells a moment, and always how long to wait; the draft wants seconds, that on 429 alone."""
    if RESET in response.headers:
        response.headers[RESET] = str(max(0, int(response.headers[RESET]) - int(time.time())))
        if response.status_code not in (429, 503):
            response.headers.pop("Retry-After", None)
    return response
