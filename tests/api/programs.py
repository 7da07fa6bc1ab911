"""People's programs: they sign in with an access token and send JSON."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Flask

from tests.api.clients import SETTINGS
from tests.api.factories import Shelf
from vectoricons.auth.access_tokens import AccessTokens


class Program:
    """The program of the user *name*, who has *role*. Each of its POSTs has a key of its own."""

    def __init__(self, app: Flask, shelf: Shelf, name: str, *, role: str) -> None:
        self.user = shelf.contributor(name, role=role)
        self._app = app
        self._token = AccessTokens([SETTINGS["session_key"]]).issue(self.user)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str | None) -> Any:
        """The answer. Headers are named with underscores; None takes one away."""
        sent = {"Authorization": f"Bearer {self._token}", "Idempotency_Key": str(uuid4())} | headers
        named = {name.replace("_", "-"): value for name, value in sent.items() if value is not None}
        return self._app.test_client().open(path, method=method, json=body, headers=named)
