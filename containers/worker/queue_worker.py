"""The RQ worker process: one queue, no fork, JSON payloads, and a stop that the running job hears of."""

from __future__ import annotations

from threading import Event

from redis import Redis
from redis.client import Pipeline
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from containers.worker.doorbell import QueueName, queue
from vectoricons.common import heartbeat

WORKER_TTL = 30  # seconds; with RQ's 420 an idle worker does no maintenance for minutes
MAINTENANCE_INTERVAL = 15
MONITORING_INTERVAL = 5


class QueueWorker(SimpleWorker):
    """Does not fork: the renderer is a child already, and a fork costs as much as an icon."""

    def __init__(self, name: QueueName, connection: Redis, stop: Event) -> None:
        super().__init__(
            [queue(name, connection)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL,
            maintenance_interval=MAINTENANCE_INTERVAL,
            job_monitoring_interval=MONITORING_INTERVAL,
            log_job_description=False,
        )
        self._stop = stop

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """At each turn, job or none: for RQ in Valkey, for the container's health check in a file."""
        heartbeat.beat()
        super().heartbeat(timeout, pipeline)

    def check_for_suspension(self, burst: bool) -> None:
        """Before each job: a SIGTERM that came before RQ had its handlers in place counts too."""
        if self._stop.is_set():
            raise StopRequested
        super().check_for_suspension(burst)

    def handle_warm_shutdown_request(self) -> None:
        """SIGTERM came: tell the job in hand to end early."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]  # RQ leaves it untyped
        self._stop.set()
