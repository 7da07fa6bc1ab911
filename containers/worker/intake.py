"""From S3's word that a ZIP has arrived to items in Postgres.

Checked, its drawings stored, and everything written in one transaction; only then is the message deleted. A
crash anywhere is a redelivery, and a redelivery of what was written is a no-op.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from containers.worker import archive
from containers.worker.archive import Archive
from containers.worker.crash import crash_point
from containers.worker.doorbell import Doorbell, chunks
from containers.worker.s3_events import ObjectEvent, parse
from containers.worker.settings import IntakeSettings
from containers.worker.storage import ObjectChanged, Storage
from vectoricons.aws.s3 import Put
from vectoricons.aws.sqs import Message
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.reason import Reason
from vectoricons.uploads import limits, manifest, plan
from vectoricons.uploads.batches import UploadBatch
from vectoricons.uploads.inbox import Arrival
from vectoricons.uploads.keys import source_key
from vectoricons.uploads.manifest import Manifest
from vectoricons.uploads.plan import File, Plan, RejectedFile
from vectoricons.uploads.reasons import Cause, Refused
from vectoricons.uploads.reception import Reception

MAX_RECEIVES = 5  # as the queue's redrive policy: after the last one the message goes to the dead letters

logger = log.get(__name__)


class Intake:
    """The handler of the queue that S3 writes to."""

    def __init__(
        self, *, database: Database, storage: Storage, doorbell: Doorbell, settings: IntakeSettings
    ) -> None:
        self._database = database
        self._storage = storage
        self._doorbell = doorbell
        self._settings = settings
        self._actor = Actor.system("worker-intake")
        self._test_events = 0

    def handle(self, message: Message) -> None:
        """Take in what the message tells of; raises to have it delivered again."""
        notification = parse(message.body)
        if notification.is_test:
            self._test_events += 1
            logger.info("test-event-dropped", so_far=self._test_events)
            return
        for event in notification.records:
            with log.bound(object_key=event.key):
                self._take(event, last_chance=message.receives >= MAX_RECEIVES)

    def _take(self, event: ObjectEvent, *, last_chance: bool) -> None:
        arrival = Arrival(event.bucket, event.key, event.version, event.sequencer, event.name)
        if not event.created or event.bucket != self._settings.uploads_bucket:
            self._ignore(arrival, Cause.UNKNOWN_EVENT)
            return
        with self._database.unit_of_work(self._actor) as work:
            batch = Reception(work).expected(arrival)
        if batch is None:
            logger.info("arrival-needs-nothing")
            return
        with log.bound(batch_id=str(batch.id)), TemporaryDirectory(prefix="upload-") as folder:
            path = Path(folder) / "source.zip"
            try:
                self._download(event, path)
                self._take_in(arrival, batch, path)
            except ObjectChanged:
                self._ignore(arrival, Cause.SUPERSEDED)
            except Refused as refusal:
                self._refuse(arrival, batch, refusal.reason)
            except Exception:
                if last_chance:
                    self._refuse(arrival, batch, Reason.of(Cause.INTAKE_FAILED))
                raise

    def _download(self, event: ObjectEvent, path: Path) -> None:
        if event.size > limits.MAX_ARCHIVE_BYTES:
            raise Refused(Cause.ZIP_TOO_LARGE)
        self._storage.download(event.bucket, event.key, path, etag=event.etag)

    def _take_in(self, arrival: Arrival, batch: UploadBatch, path: Path) -> None:
        """Check the ZIP, store its drawings, write it all down, and call the workers."""
        digest = _sha256(path)
        with self._database.unit_of_work(self._actor) as work:
            if Reception(work).is_duplicate(arrival, batch, digest):
                logger.info("same-zip-again")
                return
        with archive.opened(path) as opened:
            stated = manifest.parse(opened.manifest) if opened.manifest is not None else None
            turned_away = [RejectedFile(each.number, each.name, each.reason) for each in opened.rejected]
            turned_away += self._store(batch, opened)
        crash_point("after-sources")
        unusable = {each.number for each in turned_away}
        files = [File(each.number, each.name) for each in opened.entries if each.number not in unusable]
        planned = _plan(batch.filename, stated, files, last=len(opened.entries) + len(opened.rejected))
        if not planned.items:
            turned_away += planned.rejected
            self._refuse(arrival, batch, _nothing_usable(turned_away), turned_away)
            return
        accepted = self._database.transact(
            self._actor, lambda work: Reception(work).accept(arrival, batch, digest, planned, turned_away)
        )
        crash_point("after-intake-commit")
        if accepted is not None:
            self._doorbell.ring_images(accepted.id, chunks(accepted.open_count), accepted.rings)
            logger.info("upload-accepted", items=accepted.item_count, rejected=accepted.rejected_count)

    def _store(self, batch: UploadBatch, opened: Archive) -> list[RejectedFile]:
        """Put the drawings into the private bucket; returns those that could not be read."""
        unreadable = []
        with self._storage.transfers() as transfers:
            for entry in opened.entries:
                try:
                    data = opened.read(entry)
                except Refused as refusal:
                    unreadable.append(RejectedFile(entry.number, entry.name, refusal.reason))
                else:
                    key = source_key(batch.id, entry.number)
                    transfers.put(Put(self._settings.private_bucket, key, data, "image/svg+xml"))
        return unreadable

    def _refuse(
        self,
        arrival: Arrival,
        batch: UploadBatch,
        reason: Reason,
        rejected: Sequence[RejectedFile] = (),
    ) -> None:
        with self._database.unit_of_work(self._actor) as work:
            Reception(work).refuse(arrival, batch, reason, rejected)
        logger.info("upload-refused", code=reason.code, detail=reason.detail)

    def _ignore(self, arrival: Arrival, cause: Cause) -> None:
        with self._database.unit_of_work(self._actor) as work:
            Reception(work).ignore(arrival, Reason.of(cause))
        logger.warning("arrival-ignored", code=cause.code, event_name=arrival.event_name)


def _plan(archive_name: str, stated: Manifest | None, files: Sequence[File], last: int) -> Plan:
    if stated is None:
        return plan.of_folders(archive_name, files)
    return plan.of_manifest(stated, files, last)


def _nothing_usable(rejected: Sequence[RejectedFile]) -> Reason:
    """The reason for the whole: the one reason of all files, if it is one."""
    details = {each.reason.detail for each in rejected}
    why = f": each {details.pop()}" if len(details) == 1 else ""
    return Reason.of(Cause.NOTHING_USABLE, f"{Cause.NOTHING_USABLE.title}{why}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
