"""Slack hears of success and of failure, and a Slack that is away fails nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from delivery.notify import Notice, send
from tests.delivery.conftest import delivery


@dataclass
class Slack:
    url: str = ""
    status: int = 200
    heard: list[Any] = field(default_factory=list)


@pytest.fixture
def slack() -> Iterator[Slack]:
    state = Slack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(state.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/services/T0/B0/x"
    Thread(target=server.serve_forever, daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


def test_success_is_told_with_counts_and_links(slack: Slack) -> None:
    notice = Notice(
        stack="prod",
        what="Deploy",
        outcome="success",
        counts={"update": 3, "delete": 0},
        links={"Run": "https://github.test/run/1"},
    )
    assert send(slack.url, notice) == "Slack was told: ✅ Deploy of prod succeeded"
    [message] = slack.heard
    assert message["text"] == "✅ Deploy of prod succeeded"
    said = json.dumps(message["blocks"], ensure_ascii=False)
    assert "3 to update" in said
    assert "delete" not in said
    assert "<https://github.test/run/1|Run>" in said


def test_failure_is_told_with_what_was_said_and_nothing_of_it_is_markup(slack: Slack) -> None:
    send(
        slack.url,
        Notice(stack="dev", what="Deploy", outcome="failure", detail="<!channel> a & b" + "x" * 9000),
    )
    [message] = slack.heard
    assert message["text"] == "❌ Deploy of dev failed"
    section = message["blocks"][1]["text"]["text"]
    assert "&lt;!channel&gt; a &amp; b" in section
    assert len(section) <= 3000


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1/services/T0/B0/x", "not an address"])
def test_a_slack_that_is_away_fails_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_WEBHOOK_URL", url)
    ran = delivery("notify", "--stack", "dev", "--outcome", "failure")
    assert ran.exit_code == 0
    assert "No notice:" in ran.output
    assert "T0/B0" not in ran.output, "the address is a secret"


def test_a_slack_that_refuses_fails_nothing(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.status = 404
    monkeypatch.setenv("SLACK_WEBHOOK_URL", slack.url)
    ran = delivery("notify", "--stack", "dev", "--outcome", "success", "--link", "Run=https://a.test")
    assert ran.exit_code == 0
    assert "Slack answered 404" in ran.output
