"""The inbox: which S3 events were taken in. Its key makes the second delivery of one a no-op."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from vectoricons.common.reason import Reason
from vectoricons.common.row import HasTimestamps, Table, one_of
from vectoricons.uploads.batches import reason_columns


class Outcome(StrEnum):
    """What an event led to."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing S3 told. ``version`` is the object's version id, or else its ETag."""

    bucket: str
    object_key: str
    version: str
    sequencer: str
    event_name: str


class UploadInboxRow(Table, HasTimestamps):
    """One row per arrival, and what became of it."""

    __tablename__ = "upload_inbox"
    __table_args__ = (one_of("outcome", Outcome),)

    bucket: Mapped[str] = mapped_column(String(63), primary_key=True)
    object_key: Mapped[str] = mapped_column(String(1024), primary_key=True)
    version: Mapped[str] = mapped_column(String(1024), primary_key=True)
    sequencer: Mapped[str] = mapped_column(String(64), primary_key=True)
    event_name: Mapped[str] = mapped_column(String(128), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("upload_batches.id"))
    reason_code: Mapped[str | None] = mapped_column(String(64))
    reason_detail: Mapped[str | None] = mapped_column(Text)
    reason_hint: Mapped[str | None] = mapped_column(Text)


class Inbox:
    """The inbox as one transaction sees it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def has(self, arrival: Arrival) -> bool:
        """Whether it was noted before."""
        key = (arrival.bucket, arrival.object_key, arrival.version, arrival.sequencer, arrival.event_name)
        return self._session.get(UploadInboxRow, key) is not None

    def note(
        self,
        arrival: Arrival,
        outcome: Outcome,
        *,
        batch_id: UUID | None = None,
        reason: Reason | None = None,
    ) -> bool:
        """Note the *arrival*; false when it was noted before.

        Waits for another transaction that is noting the same one, and then says false.
        """
        row = {
            **asdict(arrival),
            "outcome": outcome,
            "batch_id": batch_id,
            **(reason_columns(reason) if reason else {}),
        }
        noted = insert(UploadInboxRow).values(row).on_conflict_do_nothing().returning(UploadInboxRow.bucket)
        return self._session.scalar(noted) is not None
