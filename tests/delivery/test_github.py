"""The comment is written once and changed from then on, wherever it stands among others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from delivery.errors import DeliveryError
from delivery.preview.github import PullRequest

MARKER = "<!-- vectoricons-preview:dev -->"


@dataclass
class GitHub:
    """As much of GitHub's REST API as comments need, with pages of its own size and its own refusals."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    token: str = "good"

    def add(self, body: str, kind: str = "Bot") -> dict[str, Any]:
        made = {
            "id": len(self.comments) + 1,
            "body": body,
            "user": {"type": kind},
            "html_url": f"https://github.test/c/{len(self.comments) + 1}",
        }
        self.comments.append(made)
        return made


@pytest.fixture
def github() -> Iterator[GitHub]:
    state = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, body: Any, **headers: str) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _handle(self) -> None:
            state.calls.append(f"{self.command} {urlparse(self.path).path}")
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            if self.headers["Authorization"] != f"Bearer {state.token}":
                self._answer(403, {"message": "Resource not accessible by integration"})
            elif self.command == "GET":
                page = int(parse_qs(urlparse(self.path).query).get("page", ["1"])[0])
                shown = state.comments[(page - 1) * 100 : page * 100]
                more = len(state.comments) > page * 100
                path = urlparse(self.path).path
                link = (
                    {"Link": f'<{state.url}{path}?per_page=100&page={page + 1}>; rel="next"'} if more else {}
                )
                self._answer(200, shown, **link)
            elif self.command == "POST":
                self._answer(201, state.add(body["body"]))
            else:
                number = int(self.path.rpartition("/")[2])
                state.comments[number - 1]["body"] = body["body"]
                self._answer(200, state.comments[number - 1])

        do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


def pull_request(github: GitHub, token: str = "good") -> PullRequest:
    return PullRequest("owner/repository", 7, token, github.url)


def test_the_first_preview_adds_a_comment_and_the_next_changes_it(github: GitHub) -> None:
    github.add("LGTM", "User")
    first = pull_request(github).upsert(MARKER, f"{MARKER}\none")
    second = pull_request(github).upsert(MARKER, f"{MARKER}\ntwo")
    assert first == second
    assert [each["body"] for each in github.comments] == ["LGTM", f"{MARKER}\ntwo"]


def test_a_busy_pull_request_gets_no_second_comment(github: GitHub) -> None:
    for number in range(150):
        github.add(f"remark {number}", "User")
    github.add(f"{MARKER}\nold")
    for number in range(120):
        github.add(f"later {number}", "User")
    pull_request(github).upsert(MARKER, f"{MARKER}\nnew")
    assert len(github.comments) == 271
    assert github.comments[150]["body"] == f"{MARKER}\nnew"


def test_nothing_is_written_when_nothing_has_changed(github: GitHub) -> None:
    github.add(f"{MARKER}\nsame")
    pull_request(github).upsert(MARKER, f"{MARKER}\nsame")
    assert {call.split()[0] for call in github.calls} == {"GET"}


def test_another_stacks_comment_and_a_persons_with_the_marker_are_left_alone(github: GitHub) -> None:
    github.add("<!-- vectoricons-preview:prod -->")
    github.add(f"{MARKER} pretending", "User")
    pull_request(github).upsert(MARKER, f"{MARKER}\nmine")
    assert [each["body"] for each in github.comments][2:] == [f"{MARKER}\nmine"]
    assert github.comments[1]["body"] == f"{MARKER} pretending"


def test_a_token_that_may_not_is_a_sentence(github: GitHub) -> None:
    with pytest.raises(
        DeliveryError, match=r"Resource not accessible by integration.*`pull-requests: write`"
    ):
        pull_request(github, token="read-only").upsert(MARKER, MARKER)
