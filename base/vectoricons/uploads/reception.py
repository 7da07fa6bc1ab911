"""Receiving what S3 tells of: each arrival is noted once, together with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from uuid import UUID

from vectoricons.common.reason import Reason
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.uploads.acceptance import Acceptance
from vectoricons.uploads.batches import UploadBatch, UploadBatchService
from vectoricons.uploads.events import BatchDuplicated, BatchRefused
from vectoricons.uploads.inbox import Arrival, Inbox, Outcome
from vectoricons.uploads.plan import Plan, RejectedFile
from vectoricons.uploads.reasons import Cause
from vectoricons.users import User, UserService


class Reception:
    """One transaction's part in taking an arrival in."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._inbox = Inbox(work.session)
        self._batches = UploadBatchService(work)

    def expected(self, arrival: Arrival) -> UploadBatch | None:
        """The batch whose ZIP has arrived, being checked from now on; ``None`` when there is nothing to do.

        That is so for a redelivery, for a key that nobody was given, and for a second ZIP at the same key.
        """
        if self._inbox.has(arrival):
            return None
        batch = self._batches.get_one({"object_key": arrival.object_key})
        if batch is None:
            self._refuse_unsigned(arrival)
            return None
        if not self._batches.checking(batch.id):
            self.ignore(arrival, Reason.of(Cause.ALREADY_TAKEN), batch_id=batch.id)
            return None
        return batch

    def accept(
        self,
        arrival: Arrival,
        batch: UploadBatch,
        sha256: str,
        plan: Plan,
        rejected: Sequence[RejectedFile],
    ) -> UploadBatch | None:
        """Begin the batch; ``None`` when another delivery, or another upload of the same ZIP, was first.

        Raises ``Refused`` when the plan asks for something that is not on offer.
        """
        if self.is_duplicate(arrival, batch, sha256) or not self._is_open(batch):
            return None
        if not self._inbox.note(arrival, Outcome.ACCEPTED, batch_id=batch.id):
            return None
        return Acceptance(self._work).accept(batch, sha256, plan, rejected)

    def is_duplicate(self, arrival: Arrival, batch: UploadBatch, sha256: str) -> bool:
        """Whether the contributor has sent these very bytes before; if so the batch ends, pointing there."""
        self._batches.repository.hold_contributor(batch.contributor_id)
        first = self._batches.repository.same_zip(batch.contributor_id, sha256)
        if first is None or first.id == batch.id or not self._is_open(batch):
            return False
        if self._inbox.note(arrival, Outcome.DUPLICATE, batch_id=batch.id):
            self._batches.mark_duplicate(batch.id, first)
            told = BatchDuplicated(batch_id=batch.id, duplicate_of=first.id)
            self._work.emit(told.event(key=batch.id))
        return True

    def refuse(
        self, arrival: Arrival, batch: UploadBatch, reason: Reason, rejected: Sequence[RejectedFile] = ()
    ) -> None:
        """End the batch with *reason*, and each of its *rejected* files with its own."""
        if not self._is_open(batch):
            return
        if self._inbox.note(arrival, Outcome.REFUSED, batch_id=batch.id, reason=reason):
            Acceptance(self._work).keep_rejected(batch, rejected)
            self._batches.refuse(batch.id, reason, rejected=len(rejected))
            contributor = UserService(self._work).get_by_id(batch.contributor_id)
            self._tell_refused(batch.filename, reason, batch.id, contributor)

    def ignore(self, arrival: Arrival, reason: Reason, *, batch_id: UUID | None = None) -> None:
        """Note that there is nothing to do about the arrival, and why."""
        self._inbox.note(arrival, Outcome.IGNORED, batch_id=batch_id, reason=reason)

    def _refuse_unsigned(self, arrival: Arrival) -> None:
        """Refuse what was put where no upload was started; whoever owns that prefix sees it on their page."""
        reason = Reason.of(Cause.UNSIGNED_KEY)
        owner = self._owner(arrival.object_key)
        name = PurePosixPath(arrival.object_key).name[:255] or arrival.object_key[:255]
        batch = None
        if owner is not None:
            batch = self._batches.create(
                {"contributor_id": owner.id, "object_key": arrival.object_key, "filename": name}
            )
            self._batches.refuse(batch.id, reason)
        batch_id = batch.id if batch else None
        if self._inbox.note(arrival, Outcome.REFUSED, batch_id=batch_id, reason=reason):
            self._tell_refused(arrival.object_key, reason, batch_id, owner)

    def _owner(self, object_key: str) -> User | None:
        """The contributor whose prefix the key lies under: ``uploads/{uuid}/…``."""
        parts = PurePosixPath(object_key).parts
        try:
            return UserService(self._work).get_by_uuid(UUID(parts[1]))
        except (IndexError, ValueError):
            return None

    def _is_open(self, batch: UploadBatch) -> bool:
        """Whether the batch, read afresh and held, still awaits its ZIP."""
        now = self._batches.repository.locked(batch.id)
        return now is not None and now.awaits_zip

    def _tell_refused(
        self, filename: str, reason: Reason, batch_id: UUID | None, contributor: User | None
    ) -> None:
        told = BatchRefused(
            batch_id=batch_id,
            contributor=contributor.display_name if contributor else None,
            filename=filename,
            code=reason.code,
            detail=reason.detail,
            hint=reason.hint,
        )
        self._work.emit(told.event(key=batch_id))
