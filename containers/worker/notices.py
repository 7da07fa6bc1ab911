"""What people are told of an event: one short message, the same for Slack and for e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from vectoricons.uploads.events import PUBLISHED, REFUSED, BatchPublished, BatchRefused


class Received(BaseModel):
    """An event as it arrives."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    id: UUID
    name: str
    occurred_at: datetime
    actor: str
    trace_id: str | None = None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """*subject* and *lines* are plain text; *link*, where there is one, leads to the page it is about."""

    subject: str
    lines: tuple[str, ...] = ()
    link: str | None = None

    @property
    def slack(self) -> str:
        """In Slack's own markup, with whatever contributors typed made harmless."""
        title = f"*{_escaped(self.subject)}*"
        return "\n".join(
            [title, *map(_escaped, self.lines), *([f"<{self.link}|Open the page>"] if self.link else [])]
        )

    @property
    def plain(self) -> str:
        """For an e-mail's body."""
        return "\n\n".join(part for part in (self.subject, *self.lines, self.link) if part)


def compose(event: Received, site: str) -> Notice | None:
    """What to say of *event*, or ``None`` when nobody needs to hear. *site* is the storefront's origin."""
    if event.name == PUBLISHED:
        return _published(BatchPublished.model_validate(event.data), site)
    if event.name == REFUSED:
        return _refused(BatchRefused.model_validate(event.data), site)
    return None


def _published(batch: BatchPublished, site: str) -> Notice:
    lines = [f"{_count(batch.ready, 'item')} in {_count(batch.sets, 'set')}, by {batch.contributor}."]
    if batch.rejected:
        commonest = sorted(batch.rejections.items(), key=lambda reason: (-reason[1], reason[0]))
        reasons = ", ".join(f"{count:,} {code}" for code, count in commonest)
        lines.append(f"{_count(batch.rejected, 'file')} not published: {reasons}.")
    if batch.unfinished:
        lines.append(f"{_count(batch.unfinished, 'file')} still being drawn; they appear as they are done.")
    return Notice(f"{batch.family_name} is live", tuple(lines), f"{site}/families/{batch.family_unique_id}")


def _refused(batch: BatchRefused, site: str) -> Notice:
    link = f"{site}/studio/uploads/{batch.batch_id}" if batch.batch_id else None
    who = f" from {batch.contributor}" if batch.contributor else ""
    return Notice(f"An upload{who} was refused", (f"{batch.filename}: {batch.detail}. {batch.hint}",), link)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _escaped(text: str) -> str:
    """Slack reads ``<…>`` as links and mentions, so a family named ``<!channel>`` would call everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
