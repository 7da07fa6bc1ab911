"""A notice in Slack of how a deploy, a preview or a look for drift ended. It never fails what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

Outcome = Literal["success", "failure", "cancelled"]
SIGNS: Mapping[Outcome, str] = {"success": "✅", "failure": "❌", "cancelled": "⚠️"}
TIMEOUT = 10
LONGEST_DETAIL = 2800
"""Slack takes 3,000 characters in a section."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What happened to a stack, with what one wants to open next."""

    stack: str
    what: str
    outcome: Outcome
    counts: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""

    @property
    def headline(self) -> str:
        """The whole of it in one line."""
        ended = {"success": "succeeded", "failure": "failed", "cancelled": "was cancelled"}[self.outcome]
        return f"{SIGNS[self.outcome]} {self.what} of {self.stack} {ended}"

    def blocks(self) -> list[dict[str, Any]]:
        """The notice in Slack's Block Kit."""
        counted = ", ".join(f"{count} to {kind}" for kind, count in self.counts.items() if count)
        linked = " · ".join(f"<{url}|{_escaped(words)}>" for words, url in self.links.items())
        parts: list[dict[str, Any]] = [
            {"type": "header", "text": {"type": "plain_text", "text": self.headline[:150], "emoji": True}}
        ]
        if self.detail:
            parts.append(_section(f"```{_escaped(self.detail[:LONGEST_DETAIL])}```"))
        if counted:
            parts.append(_section(f"*Resources*: {counted}"))
        if linked:
            parts.append({"type": "context", "elements": [{"type": "mrkdwn", "text": linked}]})
        return parts


def send(webhook: str, notice: Notice) -> str:
    """Post *notice*; a sentence of what came of it. A Slack that is away is no reason to fail a deploy."""
    if not webhook:
        return "No notice: SLACK_WEBHOOK_URL is not set."
    try:
        answer = WebhookClient(webhook, timeout=TIMEOUT).send(text=notice.headline, blocks=notice.blocks())
    except (SlackClientError, OSError, ValueError) as error:
        return f"No notice: Slack does not answer ({type(error).__name__})."
    if answer.status_code != 200:
        return f"No notice: Slack answered {answer.status_code}."
    return f"Slack was told: {notice.headline}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _escaped(text: str) -> str:
    """Slack reads three characters as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
