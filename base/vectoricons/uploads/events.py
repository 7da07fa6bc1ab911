"""What uploads tell the world: names and typed contents of their events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from vectoricons.common.events import Event

ACCEPTED = "upload-batch.after.accept"
PUBLISHED = "upload-batch.after.publish"
REFUSED = "upload-batch.after.refuse"
DUPLICATED = "upload-batch.after.duplicate"


class Content(BaseModel):
    """The ``data`` of an event: camelCase as it travels; fields of a later version are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True)

    def event(self, name: str, *, key: UUID | None) -> Event:
        """The event *name* with this content; a *key* makes it happen at most once."""
        data: dict[str, Any] = self.model_dump(mode="json", by_alias=True)
        return Event(name=name, data=data, key=f"{name}:{key}" if key else None)


class BatchAccepted(Content):
    """A ZIP was taken in: its files are being drawn."""

    batch_id: UUID
    contributor_id: int
    family_id: int
    items: int
    rejected: int


class BatchPublished(Content):
    """A family is public with its preview. *rejections* counts the files turned away by reason code."""

    batch_id: UUID
    contributor: str
    family_id: int
    family_name: str
    family_unique_id: str
    sets: int
    ready: int
    rejected: int
    unfinished: int
    rejections: dict[str, int]


class BatchRefused(Content):
    """A ZIP was turned away as a whole. Without a batch it was put at a key that nobody was given."""

    batch_id: UUID | None = None
    contributor: str | None = None
    filename: str
    code: str
    detail: str
    hint: str


class BatchDuplicated(Content):
    """The same bytes of the same contributor came again; nothing was done."""

    batch_id: UUID
    duplicate_of: UUID
