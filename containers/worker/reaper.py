"""What was left lying: leases of dead workers, and batches that nobody is working on any more.

Postgres says what is owed; the doorbell is rung for it again. So a flushed Valkey or a killed worker costs
nothing but time.
"""

from __future__ import annotations

from threading import Event
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from containers.worker.doorbell import Doorbell, QueueName, chunks
from vectoricons.common import heartbeat, log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.uploads.batches import UploadBatchService
from vectoricons.uploads.items import UploadItemService

TICK = 15  # seconds

logger = log.get(__name__)


class Reaper:
    """Several may run: an advisory lock lets one of them work at a time."""

    def __init__(self, database: Database, doorbell: Doorbell) -> None:
        self._database = database
        self._doorbell = doorbell
        self._actor = Actor.system("worker-reaper")

    def run(self, stop: Event) -> None:
        """Every fifteen seconds until *stop*; an unreachable database or Valkey is waited out."""
        while not stop.is_set():
            heartbeat.beat()
            try:
                self.run_once()
            except (OperationalError, RedisError) as error:
                logger.error("reaper-stalled", reason=str(error), again_in_seconds=TICK)
            stop.wait(TICK)

    def run_once(self) -> None:
        """Give expired leases back, then ring for what is owed."""
        self._expire_leases()
        self._ring_for_items()
        self._ring_for_previews()

    def _expire_leases(self) -> None:
        with self._database.unit_of_work(self._actor) as work:
            for expired in UploadItemService(work).repository.expire() if _alone(work) else ():
                UploadBatchService(work).count(expired.batch_id, ready=0, rejected=expired.rejected)
                logger.warning(
                    "leases-expired",
                    batch_id=str(expired.batch_id),
                    requeued=expired.requeued,
                    rejected=expired.rejected,
                )

    def _ring_for_items(self) -> None:
        waiting = self._doorbell.waiting(QueueName.IMAGES)
        with self._database.unit_of_work(self._actor) as work:
            owed = UploadItemService(work).repository.queued_by_batch() if _alone(work) else {}
            missing = {batch_id: chunks(queued) - waiting[batch_id] for batch_id, queued in owed.items()}
            calls = self._numbered(work, [batch_id for batch_id, jobs in missing.items() if jobs > 0])
        for batch_id, ring in calls.items():
            self._doorbell.ring_images(batch_id, missing[batch_id], ring)
            logger.info("images-rung-again", batch_id=str(batch_id), jobs=missing[batch_id], ring=ring)

    def _ring_for_previews(self) -> None:
        waiting = self._doorbell.waiting(QueueName.PREVIEWS)
        with self._database.unit_of_work(self._actor) as work:
            owing = UploadBatchService(work).repository.owing_a_preview() if _alone(work) else []
            calls = self._numbered(work, [batch.id for batch in owing if not waiting[batch.id]])
        for batch_id, ring in calls.items():
            self._doorbell.ring_preview(batch_id, ring)
            logger.info("preview-rung-again", batch_id=str(batch_id), ring=ring)

    @staticmethod
    def _numbered(work: UnitOfWork, batch_ids: list[UUID]) -> dict[UUID, int]:
        """The next ring of each batch."""
        batches = UploadBatchService(work)
        return {
            batch_id: batches.count(batch_id, ready=0, rejected=0, rings=1).rings for batch_id in batch_ids
        }


def _alone(work: UnitOfWork) -> bool:
    """Whether no other reaper is at work until this transaction ends."""
    return bool(work.session.scalar(text("select pg_try_advisory_xact_lock(hashtextextended('reaper', 0))")))
