"""What uploads tell the world."""

from __future__ import annotations

from uuid import UUID

from vectoricons.common.event_bus.payload import Payload


class BatchAccepted(Payload, name="upload-batch.after.accept"):
    """A ZIP was taken in: its files are being drawn."""

    batch_id: UUID
    contributor_id: int
    family_id: int
    items: int
    rejected: int


class BatchPublished(Payload, name="upload-batch.after.publish"):
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


class BatchRefused(Payload, name="upload-batch.after.refuse"):
    """A ZIP was turned away as a whole. Without a batch it was put at a key that nobody was given."""

    batch_id: UUID | None = None
    contributor: str | None = None
    filename: str
    code: str
    detail: str
    hint: str


class BatchDuplicated(Payload, name="upload-batch.after.duplicate"):
    """The same bytes of the same contributor came again; nothing was done."""

    batch_id: UUID
    duplicate_of: UUID
