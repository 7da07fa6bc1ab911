"""The words the tables of access are written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from tests.api.clients import SETTINGS
from tests.api.factories import Shelf
from vectoricons.auth.access_tokens import AccessTokens
from vectoricons.config.enums import Role
from vectoricons.users import User

Codes = tuple[int, int, int, int, int, int, int]
VISITORS = (
    "guest",
    "customer",
    "other customer",
    "contributor",
    "other contributor",
    "admin",
    "closed",
)
ROLES = {
    "customer": ("ann", Role.CUSTOMER),
    "other customer": ("bob", Role.CUSTOMER),
    "contributor": ("ada", Role.CONTRIBUTOR),
    "other contributor": ("grace", Role.CONTRIBUTOR),
    "admin": ("root", Role.ADMIN),
    "closed": ("mallory", Role.DENY_ALL),
}


@dataclass(frozen=True)
class World:
    """What the tables make their things of: "own" ones are the customer's ann, or the contributor's ada."""

    app: Flask
    shelf: Shelf
    _tokens: dict[str, str] = field(default_factory=dict)

    def user(self, visitor: str) -> User:
        """Who a visitor is."""
        name, role = ROLES[visitor]
        return self.shelf.contributor(name, role=role)

    def visit(self, visitor: str, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """The code and the text of what *visitor* gets."""
        browser, headers = self.browser(visitor)
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())  # those that cost money ask for one
        answer = browser.open(path, method=method, headers=headers, json=body)
        return answer.status_code, answer.text

    def browser(self, visitor: str) -> tuple[FlaskClient, dict[str, str]]:
        """What *visitor* comes with, and the headers they send."""
        headers = {} if visitor == "guest" else {"Authorization": f"Bearer {self._token(visitor)}"}
        return self.app.test_client(), headers

    def _token(self, visitor: str) -> str:
        if visitor not in self._tokens:
            self._tokens[visitor] = AccessTokens([SETTINGS["session_key"]]).issue(self.user(visitor))
        return self._tokens[visitor]


class Program:
    """What the program of a visitor does, with their token."""

    def __init__(self, world: World, visitor: str) -> None:
        self._browser, self._headers = world.browser(visitor)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self._browser.open(path, method=method, json=body, headers=sent)


def nothing(_world: World) -> dict[str, Any]:
    """No values, no body."""
    return {}


@dataclass(frozen=True, slots=True)
class Door:
    """What the visitors get at an operation, in the order of VISITORS.

    *values* of the rule's variables and the *body* are made anew for every visit: what one visitor removes is
    there for the next.
    """

    codes: Codes
    values: Callable[[World], Mapping[str, Any]] = nothing
    body: Callable[[World], Any] | None = None


def everybody(code: int) -> Codes:
    """All but who is shut out."""
    return (code, code, code, code, code, code, 403)


def accounts(code: int) -> Codes:
    """All who are signed in."""
    return (401, code, code, code, code, code, 403)


def contributors(code: int) -> Codes:
    """All contributors, and administrators."""
    return (401, 403, 403, code, code, code, 403)


def admins(code: int) -> Codes:
    """Administrators alone."""
    return (401, 403, 403, 403, 403, code, 403)


def the_customer(code: int, *, others: int = 404) -> Codes:
    """The customer whose it is, and administrators."""
    return (401, code, others, others, others, code, 403)


def the_contributor(code: int, *, customers: int = 403, others: int = 403) -> Codes:
    """The contributor whose it is, and administrators."""
    return (401, customers, customers, code, others, code, 403)
