"""What people are told of: what arrives in the messages queue, and the words for it."""

from __future__ import annotations

from pydantic import TypeAdapter

from containers.worker.alarms import AlarmChange
from containers.worker.notice import Notice
from vectoricons.common.event_bus.envelope import Envelope
from vectoricons.uploads.events import BatchPublished, BatchRefused

Told = Envelope | AlarmChange
_MESSAGE: TypeAdapter[Told] = TypeAdapter(Told)


def read(body: str) -> Told:
    """What a message is about. Raises ValueError for what neither the relay nor CloudWatch has sent."""
    return _MESSAGE.validate_json(body)


def notice_of(told: Told, site: str) -> Notice | None:
    """What to say of it, or ``None`` when nobody needs to hear. *site* is the storefront's origin."""
    if isinstance(told, AlarmChange):
        return told.notice(site)
    if told.name == BatchPublished.event_name:
        return _published(BatchPublished.model_validate(told.data), site)
    if told.name == BatchRefused.event_name:
        return _refused(BatchRefused.model_validate(told.data), site)
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
