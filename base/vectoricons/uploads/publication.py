"""The end of an upload: its family's preview, and the word that it is public."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from vectoricons.common.reason import Reason
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.images import Access, ImageService, Visibility
from vectoricons.images.previews import PreviewService
from vectoricons.products.families import Family, FamilyService
from vectoricons.uploads.batches import UploadBatch, UploadBatchService
from vectoricons.uploads.events import BatchPublished, BatchRefused
from vectoricons.uploads.items import ItemState, UploadItemRow
from vectoricons.uploads.reasons import Cause
from vectoricons.uploads.settlement import Picture
from vectoricons.users import UserService

SAMPLE = 24
"""Drawings given to the preview to choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a family's preview is made of. *count* is the family's whole number of items."""

    family_id: int
    family: str
    contributor: str
    count: int
    noun: str
    svg_keys: tuple[str, ...]


class Publication:
    """One transaction's part in ending a batch."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._batches = UploadBatchService(work)

    def begin(self, batch_id: UUID) -> Material | None:
        """What to make the preview of; ``None`` when it is not due, has ended, or has nothing to show.

        In the last case it is refused.
        """
        batch = self._batches.repository.owes_a_preview(batch_id)
        if batch is None:
            return None
        if batch.ready_count == 0:
            self._refuse(batch)
            return None
        family = self._family(batch)
        return Material(
            family_id=family.id,
            family=family.name,
            contributor=self._contributor(batch),
            count=family.icon_count + family.illustration_count,
            noun="icon" if family.icon_count >= family.illustration_count else "illustration",
            svg_keys=PreviewService(self._work).of_family(family.id, seed=str(batch_id), size=SAMPLE),
        )

    def publish(self, batch_id: UUID, preview: Picture | None) -> bool:
        """Make the batch published and its family carry *preview*; false when somebody else has."""
        batch = self._batches.publish(batch_id)
        if batch is None:
            return False
        family = self._family(batch)
        if preview is not None:
            self._hang(family, preview)
        self._work.emit(self._word(batch, family).event(key=batch_id))
        return True

    def _refuse(self, batch: UploadBatch) -> None:
        reason = Reason.of(Cause.NOTHING_USABLE)
        self._batches.refuse(batch.id, reason)
        told = BatchRefused(
            batch_id=batch.id,
            contributor=self._contributor(batch),
            filename=batch.filename,
            code=reason.code,
            detail=reason.detail,
            hint=reason.hint,
        )
        self._work.emit(told.event(key=batch.id))

    def _hang(self, family: Family, preview: Picture) -> None:
        (image,) = ImageService(self._work).upsert_many(
            [
                {
                    "entity_type": "family",
                    "entity_id": family.id,
                    "kind": preview.kind,
                    "format": preview.format,
                    "visibility": Visibility.PUBLIC,
                    "access": Access.ALL,
                    "name": family.name,
                    "object_key": preview.object_key,
                    "image_hash": preview.sha256,
                    "size_bytes": preview.size_bytes,
                    "width": preview.width,
                    "height": preview.height,
                }
            ]
        )
        FamilyService(self._work).update(family.id, {"preview_image_id": image.id})

    def _word(self, batch: UploadBatch, family: Family) -> BatchPublished:
        row = UploadItemRow
        ours = row.batch_id == batch.id
        sets = select(func.count(row.set_id.distinct())).where(ours, row.state == ItemState.READY)
        by_code = (
            select(row.reason_code, func.count())
            .where(ours, row.state == ItemState.REJECTED)
            .group_by(row.reason_code)
        )
        rejections = {code or "": count for code, count in self._work.session.execute(by_code)}
        return BatchPublished(
            batch_id=batch.id,
            contributor=self._contributor(batch),
            family_id=family.id,
            family_name=family.name,
            family_unique_id=family.unique_id,
            sets=self._work.session.scalar(sets) or 0,
            ready=batch.ready_count,
            rejected=batch.rejected_count,
            unfinished=batch.open_count,
            rejections=rejections,
        )

    def _family(self, batch: UploadBatch) -> Family:
        return FamilyService(self._work).assert_exists(batch.family_id or 0)

    def _contributor(self, batch: UploadBatch) -> str:
        return UserService(self._work).assert_exists(batch.contributor_id).display_name
