"""Visitors of the api in tests."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.api.factories import PASSWORD, Shelf
from tests.keys import PRIVATE_KEY
from vectoricons.auth.access_tokens import AccessTokens
from vectoricons.users import User

SETTINGS: dict[str, Any] = {
    "port": 8000,
    "site_url": "http://localhost",
    "stream_url": "http://localhost:8001",
    "assets_url": "http://assets.test",
    "uploads_bucket": "vectoricons-local-uploads-123456789012",
    "cdn_key_id": "K1",
    "cdn_private_key": PRIVATE_KEY,
    "stripe_api_base": "http://127.0.0.1:12111",
    "stripe_secret_key": "sk_test_ofthesetests",
    "stripe_webhook_secret": "whsec_of_these_tests",
    "session_key": "0123456789abcdef0123456789abcdef",
}


class SignedIn:
    """A browser of a contributor: sends the session's token with every change."""

    def __init__(self, app: Flask, shelf: Shelf, name: str = "ada") -> None:
        self.user = shelf.contributor(name)
        self.browser: FlaskClient = app.test_client()
        answer = self.browser.post("/api/v1/session", json={"email": self.user.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.token: str = answer.json["csrfToken"]

    def post(self, path: str, json: dict[str, Any] | None = None) -> Any:
        return self.browser.post(path, json=json or {}, headers={"X-CSRFToken": self.token})

    def get(self, path: str, **how: Any) -> Any:
        return self.browser.get(path, **how)


class Program:
    """A program of a person's: it sends their access token with every request."""

    def __init__(self, app: Flask, user: User) -> None:
        self.user = user
        self._browser = app.test_client()
        self._bearer = AccessTokens([SETTINGS["session_key"]]).issue(user)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"Authorization": f"Bearer {self._bearer}"}
        return self._browser.open(path, method=method, json=body, headers={**bearer, **sent})

    @property
    def path(self) -> str:
        """Where the person is."""
        return f"/api/v1/users/{self.user.uuid}"
