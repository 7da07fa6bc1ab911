"""How much is still to be done, told once a minute: lines of the log that CloudWatch reads as metrics.

Scaling follows them. A line in CloudWatch's embedded metric format needs no right and no call to AWS.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from threading import Event
from typing import Any

from vectoricons.common import log, outbox
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.rounds import rounds
from vectoricons.uploads.batches import UploadBatchService
from vectoricons.uploads.items import UploadItemService

NAMESPACE = "VectorIcons"
METRIC = "Backlog"
DIMENSIONS = ("Stack", "Queue")
QUEUES = ("items", "previews", "events")
EVERY = 60  # seconds

logger = log.get(__name__)


class BacklogReport:
    """Postgres is the truth: what it says is open is the backlog, whatever waits in Valkey."""

    def __init__(self, database: Database, stack: str) -> None:
        self._database = database
        self._stack = stack
        self._actor = Actor.system("worker-reaper")

    def beside(self, stop: Event) -> AbstractContextManager[None]:
        """Tell it once a minute for as long as the block runs; ends with *stop*."""
        return rounds("backlog", self.run_once, every=EVERY, stop=stop)

    def run_once(self) -> Mapping[str, int]:
        """Log a line for each queue; returns what they say."""
        backlog = self._count()
        for queue, open_ in backlog.items():
            logger.info("backlog", **_embedded(self._stack, queue, open_))
        return backlog

    def _count(self) -> dict[str, int]:
        with self._database.unit_of_work(self._actor) as work:
            counts = (
                UploadItemService(work).repository.count_open(),
                UploadBatchService(work).repository.count_owing_a_preview(),
                outbox.count_unpublished(work.session),
            )
        return dict(zip(QUEUES, counts, strict=True))


def _embedded(stack: str, queue: str, open_: int) -> dict[str, Any]:
    """The members that make a line of the log a metric."""
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(DIMENSIONS)],
        "Metrics": [{"Name": METRIC, "Unit": "Count"}],
    }
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        **dict(zip(DIMENSIONS, (stack, queue), strict=True)),
        METRIC: open_,
    }
