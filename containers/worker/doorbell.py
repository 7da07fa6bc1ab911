"""RQ as a doorbell: it wakes the workers, and Postgres knows what there is to do.

A job that gets lost is rung again by the reaper; a job too many finds nothing and ends. So there is no retry
here, and no result is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from vectoricons.uploads.items import CHUNK

JOB_TIMEOUT = 120  # seconds: a chunk ends by itself long before
KEEP_FAILED = 24 * 60 * 60  # seconds, for people to look at


class QueueName(StrEnum):
    """One queue a worker process, always: RQ loses jobs of a killed worker that listens on two."""

    IMAGES = "images"
    PREVIEWS = "previews"


JOBS = {
    QueueName.IMAGES: "containers.worker.jobs.run_chunk",
    QueueName.PREVIEWS: "containers.worker.jobs.make_preview",
}


def queue(name: QueueName, connection: Redis) -> Queue:
    """The RQ queue *name*; JSON, since a pickle is code for whoever can write to Valkey."""
    return Queue(name, connection=connection, serializer=JSONSerializer, default_timeout=JOB_TIMEOUT)


class Doorbell:
    """Calls the workers for a batch. *ring* numbers the calls, so that each job has a name of its own."""

    def __init__(self, connection: Redis) -> None:
        self._queues = {name: queue(name, connection) for name in QueueName}

    def ring_images(self, batch_id: UUID, chunks: int, ring: int) -> None:
        """Ask for *chunks* chunks of the batch to be drawn."""
        numbers = range(1, chunks + 1)
        jobs = [(f"chunk-{batch_id}-{number}-{ring}", (str(batch_id), number)) for number in numbers]
        self._ring(QueueName.IMAGES, jobs)

    def ring_preview(self, batch_id: UUID, ring: int) -> None:
        """Ask for the preview of the batch's family."""
        self._ring(QueueName.PREVIEWS, [(f"preview-{batch_id}-{ring}", (str(batch_id),))])

    def waiting(self, name: QueueName) -> Counter[UUID]:
        """How many jobs wait for each batch. Begun ones do not count: they hold items, or are dead."""
        return Counter(UUID(job_id.split("-", 1)[1][:36]) for job_id in self._queues[name].job_ids)

    def _ring(self, name: QueueName, jobs: Iterable[tuple[str, tuple[str | int, ...]]]) -> None:
        self._queues[name].enqueue_many(
            [
                Queue.prepare_data(
                    JOBS[name],
                    args=args,
                    job_id=job_id,
                    timeout=JOB_TIMEOUT,
                    result_ttl=0,
                    failure_ttl=KEEP_FAILED,
                )
                for job_id, args in jobs
            ]
        )


def chunks(items: int) -> int:
    """How many jobs *items* are worth."""
    return -(-items // CHUNK)
