"""Somebody with an account, using nothing but the public HTTP API."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from local.setup.errors import CommandError, Exit

REQUEST_TIMEOUT = 30
SECONDS_BETWEEN_LOOKS = 0.3


@dataclass(frozen=True, slots=True)
class Published:
    """What became of an upload."""

    family: str
    address: str
    ready: int
    rejected: int


class Contributor:
    """A contributor of the marketplace at *site*."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._session = requests.Session()

    def sign_in(self, email: str, password: str) -> None:
        """Start a session. Raises CommandError."""
        account = self._call("POST", "/api/v1/session", json={"email": email, "password": password})
        self._session.headers["X-CSRFToken"] = account["csrfToken"]

    def upload(self, filename: str, content: bytes) -> str:
        """Send a ZIP with a signed form; the path its state is told at. Raises CommandError."""
        form = self._call("POST", "/api/v1/uploads", json={"filename": filename, "sizeBytes": len(content)})
        sent = requests.post(
            form["url"], data=form["fields"], files={"file": (filename, content)}, timeout=REQUEST_TIMEOUT
        )
        if not sent.ok:
            raise CommandError(f"S3 did not take {filename} ({sent.status_code}): {sent.text}", Exit.SAMPLE)
        return f"/api/v1/uploads/{form['id']}"

    def follow(
        self, upload: str, watch: Callable[[Mapping[str, int]], object], *, patience: float
    ) -> Published:
        """Wait until *upload* is public; *watch* gets the number of its files in each state at every look.

        Raises CommandError when it is refused, or is not public after *patience* seconds.
        """
        deadline = time.monotonic() + patience
        while True:
            status = self._call("GET", upload)
            watch(status["counts"])
            if status["state"] == "published":
                return self._published(status)
            if status["isSettled"]:
                raise CommandError(f"The upload is {status['state']}: {status['detail']}", Exit.SAMPLE)
            if time.monotonic() > deadline:
                raise CommandError(
                    f"The upload is still {status['state']} after {patience:.0f} s: {status['counts']}. "
                    "See what the workers say: make logs SERVICE=worker-images",
                    Exit.SAMPLE,
                )
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _published(self, status: Mapping[str, Any]) -> Published:
        family, counts = status["family"], status["counts"]
        return Published(
            family=family["name"],
            address=f"{self._site}/families/{family['id']}-{family['slug']}",
            ready=counts["ready"],
            rejected=counts["rejected"],
        )

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._session.request(method, self._site + path, timeout=REQUEST_TIMEOUT, **more)
        if not answer.ok:
            words = f"{method} {path} was answered {answer.status_code}: {answer.text}"
            raise CommandError(words, Exit.SAMPLE)
        return answer.json()
