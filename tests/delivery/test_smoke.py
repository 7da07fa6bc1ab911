"""Smoke says what is wrong from outside, waits for what may still come, and publishes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from delivery.errors import DeliveryError
from delivery.outputs import StackOutputs
from delivery.smoke import Account, Smoke

Answer = tuple[int, str, Any]
JSON, HTML = "application/json", "text/html"


@dataclass
class Site:
    """A site that answers as it is told; an answer that is a list is used up one by one."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def outputs(self) -> StackOutputs:
        return StackOutputs(site=self.url, assets=self.url, cluster="arn:aws:ecs:r:a:cluster/c", tasks={})

    def smoke(self, account: Account | None = None, patience: float = 0) -> list[str]:
        return list(Smoke(self.outputs(), account, patience).run())


@pytest.fixture
def site() -> Iterator[Site]:
    state = Site()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            key = f"{self.command} {self.path}"
            state.asked.append(key)
            found = state.answers.get(key, (404, JSON, {}))
            if isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
            status, kind, body = found
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _handle  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    thumbnail = {"webp": f"{state.url}/images/a.webp", "png": None}
    state.answers = {
        "GET /healthz": (200, JSON, {"status": "ok", "checks": {}}),
        "GET /readyz": (200, JSON, {"status": "ok", "checks": {"database": "ok", "cache": "ok"}}),
        "GET /": (200, HTML, "<!doctype html><html></html>"),
        "GET /api/v1/icons?limit=1": (200, JSON, {"items": [{"thumbnail": thumbnail}]}),
        "GET /images/a.webp": (200, "image/webp", "RIFF"),
        "POST /api/v1/session": (200, JSON, {"csrfToken": "t"}),
        "POST /api/v1/uploads": (201, JSON, {"id": "1", "url": f"{state.url}/s3", "fields": {"key": "k"}}),
        "POST /s3": (204, JSON, ""),
        "GET /api/v1/uploads/1": [
            (200, JSON, {"isSettled": False, "state": "checking"}),
            (200, JSON, {"isSettled": True, "state": "refused"}),
        ],
    }
    yield state
    server.shutdown()
    server.server_close()


ANN = Account("ann@vectoricons.test", "a password")


def test_a_site_that_works_passes_every_check(site: Site) -> None:
    passed = site.smoke(ANN, patience=10)
    assert [each.partition(":")[0] for each in passed] == [
        "the process answers",
        "database and cache are there",
        "the home page",
        "an image through the CDN",
        "a canary upload",
    ]


def test_without_an_account_the_upload_is_left_out_and_that_is_said(site: Site) -> None:
    assert site.smoke()[-1] == (
        "a canary upload: not tried, no account is given (SMOKE_EMAIL, SMOKE_PASSWORD)"
    )
    assert not [asked for asked in site.asked if asked.startswith("POST")]


def test_what_is_not_ready_yet_is_waited_for(site: Site) -> None:
    late = {"status": "unavailable", "checks": {"database": "OperationalError"}}
    site.answers["GET /readyz"] = [(503, JSON, late), site.answers["GET /readyz"]]
    assert len(site.smoke(patience=10)) == 5


def break_(key: str, answer: Answer) -> Callable[[Site], None]:
    return lambda site: site.answers.update({key: answer})


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (break_("GET /healthz", (502, HTML, "")), "the process answers: /healthz was answered 502"),
        (
            break_("GET /readyz", (503, JSON, {"status": "no", "checks": {"database": "at revision 1"}})),
            "database and cache are there: it is not ready: database says at revision 1",
        ),
        (break_("GET /", (200, HTML, "hello")), "the home page: what is answered is no page"),
        (
            break_("GET /images/a.webp", (403, "application/xml", "")),
            "an image through the CDN: http://127.0.0.1:",
        ),
        (break_("POST /api/v1/session", (401, JSON, {})), "ann@vectoricons.test cannot sign in (401)"),
        (break_("POST /s3", (403, JSON, "")), "S3 did not take the canary upload (403)"),
        (
            break_("GET /api/v1/uploads/1", (200, JSON, {"isSettled": True, "state": "published"})),
            "a ZIP without a drawing was published, not refused",
        ),
        (
            break_("GET /api/v1/uploads/1", (200, JSON, {"isSettled": False, "state": "checking"})),
            "a canary upload: it is still checking",
        ),
    ],
)
def test_what_is_wrong_is_said(site: Site, broken: Callable[[Site], None], said: str) -> None:
    broken(site)
    with pytest.raises(DeliveryError) as raised:
        site.smoke(ANN)
    assert said in str(raised.value)


def test_a_site_that_is_away_is_a_sentence(site: Site) -> None:
    away: Mapping[str, Any] = {**site.outputs().model_dump(), "site": "http://127.0.0.1:9"}
    with pytest.raises(DeliveryError, match=r"http://127.0.0.1:9/healthz does not answer"):
        list(Smoke(StackOutputs(**away), None, 0).run())
