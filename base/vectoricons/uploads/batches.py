"""Upload batches: one ZIP each, from the form a contributor is given to the published family."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common import ids
from vectoricons.common.access_control import Policy, nobody, own_contribution
from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.operation import Write
from vectoricons.common.reason import Reason
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Table, one_of
from vectoricons.uploads.keys import archive_key
from vectoricons.uploads.reasons import Cause

PREVIEW_DEADLINE = timedelta(seconds=120)


class BatchState(StrEnum):
    """``awaiting_upload -> checking -> processing -> published``, or ``refused``, or ``duplicate``."""

    AWAITING_UPLOAD = "awaiting_upload"
    CHECKING = "checking"
    PROCESSING = "processing"
    PUBLISHED = "published"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


class UploadBatchRow(Table, HasTimestamps):
    """``rings`` counts how often workers were called for the batch; it makes their jobs' names unique."""

    __tablename__ = "upload_batches"
    __table_args__ = (
        one_of("state", BatchState),
        CheckConstraint("ready_count + rejected_count <= item_count", name="counts"),
        Index(
            "uq_upload_batches_contributor_id_sha256",
            "contributor_id",
            "sha256",
            unique=True,
            postgresql_where=text("state in ('processing', 'published')"),
        ),
        Index("ix_upload_batches_contributor_id", "contributor_id", "created_at", "id"),
        Index("ix_upload_batches_processing", "id", postgresql_where=text("state = 'processing'")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=ids.uuid7)
    contributor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    object_key: Mapped[str] = mapped_column(String(1024), unique=True)
    filename: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), server_default=BatchState.AWAITING_UPLOAD)
    reason_code: Mapped[str | None] = mapped_column(String(64))
    reason_detail: Mapped[str | None] = mapped_column(Text)
    reason_hint: Mapped[str | None] = mapped_column(Text)
    duplicate_of: Mapped[UUID | None] = mapped_column(ForeignKey("upload_batches.id"))
    family_id: Mapped[int | None] = mapped_column(ForeignKey("families.id"), index=True)
    item_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    ready_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    rejected_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    rings: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    preview_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class UploadBatch(Timestamped):
    """A ZIP and how far it is. The counts add up to ``item_count`` once every file is settled."""

    id: UUID
    contributor_id: int
    object_key: str
    filename: str
    size_bytes: int | None = None
    sha256: str | None = None
    state: BatchState
    reason_code: str | None = None
    reason_detail: str | None = None
    reason_hint: str | None = None
    duplicate_of: UUID | None = None
    family_id: int | None = None
    item_count: int
    ready_count: int
    rejected_count: int
    rings: int
    preview_due_at: datetime | None = None
    published_at: datetime | None = None

    @property
    def open_count(self) -> int:
        """Files that are neither ready nor rejected yet."""
        return self.item_count - self.ready_count - self.rejected_count

    @property
    def awaits_zip(self) -> bool:
        """Whether its ZIP has not been taken in yet."""
        return self.state in {BatchState.AWAITING_UPLOAD, BatchState.CHECKING}

    @property
    def is_settled(self) -> bool:
        """Whether nothing about it will change any more."""
        ended = {BatchState.PUBLISHED, BatchState.REFUSED, BatchState.DUPLICATE}
        return self.state in ended and self.open_count == 0


class UploadBatchRepository(Repository[UploadBatchRow, UploadBatch]):
    """Batches, and the locked reads that the transitions need."""

    def locked(self, batch_id: UUID) -> UploadBatch | None:
        """The batch, held against other writers until the transaction ends."""
        return self._first(self.query({"id": batch_id}).with_for_update())

    def same_zip(self, contributor_id: int, sha256: str) -> UploadBatch | None:
        """The batch of this contributor that these very bytes are being, or were, published by."""
        alive = [BatchState.PROCESSING, BatchState.PUBLISHED]
        return self.find_one({"contributor_id": contributor_id, "sha256": sha256, "state": alive})

    def hold_contributor(self, contributor_id: int) -> None:
        """Keep other uploads of the contributor from being taken in until the transaction ends.

        Two at once could bring the same ZIP, or make the same family.
        """
        self._session.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"upload of {contributor_id}"},
        )

    def owing_a_preview(self) -> list[UploadBatch]:
        """Batches that wait for nothing but their end."""
        return self.find_all(self._owes_a_preview)

    def count_owing_a_preview(self) -> int:
        """How many wait for nothing but their end."""
        return self.count(self._owes_a_preview)

    def owes_a_preview(self, batch_id: UUID) -> UploadBatch | None:
        """The batch, if it waits for nothing but its end."""
        return self.find_one((self.row.id == batch_id) & self._owes_a_preview)

    @property
    def _owes_a_preview(self) -> ColumnElement[bool]:
        """All settled, or past the deadline with something to show."""
        row = self.row
        settled = row.ready_count + row.rejected_count == row.item_count
        late = (row.preview_due_at < func.statement_timestamp()) & (row.ready_count > 0)
        return (row.state == BatchState.PROCESSING) & (settled | late)


class UploadBatchService(Observable[UploadBatch], AccessControlled[UploadBatch]):
    """A contributor sees and starts their own uploads; the workers move them on.

    Never cached, since workers go by the states. The events of the walk are in ``uploads.events``.
    """

    repository: UploadBatchRepository
    public: ClassVar[bool] = False
    owner_column: ClassVar[str] = "contributor_id"
    policies: ClassVar[Mapping[str, Policy]] = {
        "start": own_contribution,
        **dict.fromkeys(("create", "update", "upsert", "delete"), nobody),
    }

    def start(
        self, contributor_id: int, contributor_uuid: UUID, filename: str, size_bytes: int | None
    ) -> UploadBatch:
        """A batch waiting for its ZIP at ``object_key``, a key nobody else can be given."""
        batch_id = ids.uuid7()
        asked = {"contributor_id": contributor_id, "filename": filename, "size_bytes": size_bytes}
        given = {"id": batch_id, "object_key": archive_key(contributor_uuid, batch_id)}
        return self._perform(
            Write(name="start", items=(asked,)), lambda: self.repository.create({**asked, **given})
        )

    def checking(self, batch_id: UUID) -> bool:
        """Say that the ZIP has arrived; false when the batch is past that."""
        before = [BatchState.AWAITING_UPLOAD, BatchState.CHECKING]
        return bool(
            self.repository.update_where({"id": batch_id, "state": before}, {"state": BatchState.CHECKING})
        )

    def refuse(self, batch_id: UUID, reason: Reason, *, rejected: int = 0) -> UploadBatch:
        """End the batch with a reason for its contributor; *rejected* files have reasons of their own."""
        counts = {"item_count": rejected, "rejected_count": rejected} if rejected else {}
        return self.update(batch_id, {"state": BatchState.REFUSED, **reason_columns(reason), **counts})

    def mark_duplicate(self, batch_id: UUID, first: UploadBatch) -> UploadBatch:
        """End the batch by pointing at the *first* one with the same bytes."""
        reason = Reason.of(Cause.SAME_ZIP, f"is the very ZIP you uploaded before as {first.filename}")
        return self.update(
            batch_id, {"state": BatchState.DUPLICATE, "duplicate_of": first.id, **reason_columns(reason)}
        )

    def begin_processing(
        self,
        batch_id: UUID,
        *,
        sha256: str,
        family_id: int,
        items: int,
        rejected: int,
    ) -> UploadBatch:
        """The ZIP was taken in: its files are the workers' now."""
        return self.update(
            batch_id,
            {
                "state": BatchState.PROCESSING,
                "sha256": sha256,
                "family_id": family_id,
                "item_count": items,
                "rejected_count": rejected,
                "preview_due_at": func.statement_timestamp() + PREVIEW_DEADLINE,
            },
        )

    def count(self, batch_id: UUID, *, ready: int, rejected: int, rings: int = 0) -> UploadBatch:
        """Add what became of some files, and *rings* of the doorbell; the answer tells what is still open."""
        row = self.repository.row
        return self.update(
            batch_id,
            {
                "ready_count": row.ready_count + ready,
                "rejected_count": row.rejected_count + rejected,
                "rings": row.rings + rings,
            },
        )

    def publish(self, batch_id: UUID) -> UploadBatch | None:
        """Make the batch published; ``None`` when somebody else has, so that it is told once."""
        published = {"state": BatchState.PUBLISHED, "published_at": func.statement_timestamp()}
        if self.repository.update_where({"id": batch_id, "state": BatchState.PROCESSING}, published):
            return self.repository.find_by_id(batch_id)
        return None


def reason_columns(reason: Reason) -> dict[str, Any]:
    """*reason* as the columns of a batch or an item."""
    return {"reason_code": reason.code, "reason_detail": reason.detail, "reason_hint": reason.hint}
