"""How often one may try: counted in Valkey for all processes, in this process while Valkey is away."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from containers.api.wiring import Wiring

SIGN_IN = "10 per minute; 100 per hour"
SIGN_UP = "10 per minute; 50 per hour"
LETTERS = "10 per minute; 50 per hour"
LETTERS_TO_ONE = "3 per minute; 10 per hour"
ONE_TIME_TOKENS = "10 per minute; 100 per hour"
UPLOAD = "60 per minute; 600 per hour"
DOWNLOAD = "120 per minute"

limiter = Limiter(
    key_func=get_remote_address,
    headers_enabled=True,
    in_memory_fallback_enabled=True,
    key_prefix="limit",
    strategy="sliding-window-counter",
)


def install(app: Flask, wiring: Wiring) -> None:
    """Count the requests of *app* in its Valkey."""
    app.config["RATELIMIT_STORAGE_URI"] = "redis://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"connection_pool": wiring.valkey.connection_pool}
    limiter.init_app(app)


def by_email() -> str:
    """One guesser from many addresses is still one guesser: sign-in is counted by account as well."""
    given = request.get_json(silent=True) if request.is_json else request.form
    email = given.get("email") if isinstance(given, dict) else None
    return f"email:{str(email or '').strip().lower()}"
