"""Whether a stack does its work: asked from outside, as visitors and contributors would, by a deadline."""

from __future__ import annotations

import io
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

from delivery.errors import DeliveryError
from delivery.outputs import StackOutputs

REQUEST_TIMEOUT = 10
SECONDS_BETWEEN_TRIES = 1.0


class NotYet(Exception):
    """What was seen instead of what should be there: it may come within the deadline."""


@dataclass(frozen=True, slots=True)
class Account:
    """A contributor who may upload."""

    email: str
    password: str


@dataclass
class Smoke:
    """The checks of one stack, tried until they pass or *patience* seconds are over, all together."""

    outputs: StackOutputs
    account: Account | None
    patience: float
    _http: requests.Session = field(default_factory=requests.Session)

    def run(self) -> Iterator[str]:
        """Each check in order, a sentence for each that passes. Raises DeliveryError at one that does not."""
        deadline = time.monotonic() + self.patience
        checks: dict[str, Callable[[], str]] = {
            "the process answers": self._alive,
            "database and cache are there": self._ready,
            "the home page": self._page,
            "an image through the CDN": self._image,
        }
        for name, check in checks.items():
            yield f"{name}: {_until(deadline, name, check)}"
        if self.account is None:
            yield "a canary upload: not tried, no account is given (SMOKE_EMAIL, SMOKE_PASSWORD)"
        else:
            self._sign_in(self.account)
            path = self._send_canary()
            yield f"a canary upload: {_until(deadline, 'a canary upload', lambda: self._canary(path))}"

    def _alive(self) -> str:
        self._get("/healthz")
        return "yes"

    def _ready(self) -> str:
        answer = self._ask("GET", "/readyz")
        checks = (
            answer.json()["checks"] if answer.headers["content-type"].startswith("application/json") else {}
        )
        if not answer.ok:
            wrong = ", ".join(f"{name} says {said}" for name, said in checks.items() if said != "ok")
            raise NotYet(f"it is not ready: {wrong or answer.status_code}")
        return ", ".join(sorted(checks))

    def _page(self) -> str:
        answer = self._get("/")
        if "<html" not in answer.text:
            raise NotYet("what is answered is no page")
        return f"{len(answer.content):,} bytes"

    def _image(self) -> str:
        found = self._get("/api/v1/icons?limit=1").json()["items"]
        thumbnail = found[0]["thumbnail"] if found else None
        if not thumbnail:
            return "not tried, no icon is public yet"
        address = str(thumbnail["webp"] or thumbnail["png"])
        if not address.startswith(self.outputs.assets):
            raise NotYet(f"{address} is not on {self.outputs.assets}")
        answer = self._ask("GET", address)
        if not answer.ok or not answer.headers.get("content-type", "").startswith("image/"):
            raise NotYet(f"{address} was answered {answer.status_code}")
        return f"{address}, {len(answer.content):,} bytes"

    def _sign_in(self, account: Account) -> None:
        answer = self._ask(
            "POST", "/api/v1/session", json={"email": account.email, "password": account.password}
        )
        if not answer.ok:
            raise DeliveryError(f"Smoke: {account.email} cannot sign in ({answer.status_code}).")
        self._http.headers["X-CSRFToken"] = answer.json()["csrfToken"]

    def _send_canary(self) -> str:
        """Send a ZIP without a drawing, to be refused: the whole way is walked, and nothing is published."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as canary:
            canary.writestr("canary.txt", str(uuid.uuid4()))
        content = packed.getvalue()
        request = {"filename": "smoke-canary.zip", "sizeBytes": len(content)}
        form = self._ask("POST", "/api/v1/uploads", json=request).json()
        sent = requests.post(
            form["url"],
            data=form["fields"],
            files={"file": ("smoke-canary.zip", content)},
            timeout=REQUEST_TIMEOUT,
        )
        if not sent.ok:
            raise DeliveryError(f"Smoke: S3 did not take the canary upload ({sent.status_code}).")
        return f"/api/v1/uploads/{form['id']}"

    def _canary(self, path: str) -> str:
        upload = self._get(path).json()
        if not upload["isSettled"]:
            raise NotYet(f"it is still {upload['state']}")
        if upload["state"] != "refused":
            raise DeliveryError(f"Smoke: a ZIP without a drawing was {upload['state']}, not refused.")
        return "S3, queue, intake and database took it, and it was refused as it should be"

    def _get(self, path: str) -> requests.Response:
        answer = self._ask("GET", path)
        if not answer.ok:
            raise NotYet(f"{path} was answered {answer.status_code}")
        return answer

    def _ask(self, method: str, address: str, **more: Any) -> requests.Response:
        url = address if address.startswith("http") else self.outputs.site + address
        try:
            return self._http.request(method, url, timeout=REQUEST_TIMEOUT, **more)
        except requests.RequestException as error:
            raise NotYet(f"{url} does not answer ({type(error).__name__})") from error


def _until(deadline: float, name: str, check: Callable[[], str]) -> str:
    while True:
        try:
            return check()
        except NotYet as reason:
            if time.monotonic() > deadline:
                raise DeliveryError(f"Smoke: {name}: {reason}.") from reason
            time.sleep(SECONDS_BETWEEN_TRIES)
