"""One comment on a pull request, written once and changed from then on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from delivery.errors import DeliveryError, Exit

PUBLIC_API = "https://api.github.com"
TIMEOUT = 20
RETRIES = Retry(
    total=4, backoff_factor=1, status_forcelist=(429, 502, 503, 504), respect_retry_after_header=True
)


@dataclass(frozen=True)
class PullRequest:
    """The pull request *number* of *repository* (`owner/name`)."""

    repository: str
    number: int
    token: str
    api: str = PUBLIC_API

    def upsert(self, marker: str, body: str) -> str:
        """Put *body* in place of the bot's comment that has *marker*, or add it; its address.

        Raises DeliveryError when GitHub refuses.
        """
        with self._session() as session:
            found = next((each for each in self._comments(session) if _is_ours(each, marker)), None)
            if found and found["body"] == body:
                return str(found["html_url"])
            if found:
                answer = session.patch(
                    f"{self._root}/issues/comments/{found['id']}", json={"body": body}, timeout=TIMEOUT
                )
            else:
                answer = session.post(
                    f"{self._root}/issues/{self.number}/comments", json={"body": body}, timeout=TIMEOUT
                )
            return str(self._read(answer)["html_url"])

    def _comments(self, session: requests.Session) -> Iterator[Any]:
        """Every comment, over all pages."""
        address: str | None = f"{self._root}/issues/{self.number}/comments?per_page=100"
        while address:
            answer = session.get(address, timeout=TIMEOUT)
            yield from self._read(answer)
            address = answer.links.get("next", {}).get("url")

    def _read(self, answer: requests.Response) -> Any:
        if answer.ok:
            return answer.json()
        said = answer.json().get("message", "") if "json" in answer.headers.get("content-type", "") else ""
        raise DeliveryError(
            f"GitHub answered {answer.status_code} for pull request {self.number} of {self.repository}: "
            f"{said or answer.reason}. The job needs `pull-requests: write`.",
            Exit.REFUSED,
        )

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.mount("http", HTTPAdapter(max_retries=RETRIES))
        session.headers.update(
            {
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            }
        )
        return session

    @property
    def _root(self) -> str:
        return f"{self.api}/repos/{self.repository}"


def _is_ours(comment: Any, marker: str) -> bool:
    """Whether a bot wrote it: anybody else may write the marker too."""
    return marker in comment["body"] and comment["user"]["type"] == "Bot"
