"""The outbox on its way to SNS: at least once, in order as far as nothing fails."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import OperationalError

from containers.worker.crash import crash_point
from vectoricons.aws import AwsFailed
from vectoricons.aws.sns import BATCH, Message, Topic
from vectoricons.common import heartbeat, log, outbox
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.event_bus.envelope import Envelope

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

PAUSE = 0.5  # seconds between looks into an empty outbox
PAUSE_AFTER_FAILURE = 5

logger = log.get(__name__)


class Relay:
    """Publishes what the outbox holds. Two relays share the work: each claims rows the other skips."""

    def __init__(self, database: Database, sns: SNSClient, topic_arn: str) -> None:
        self._database = database
        self._topic = Topic(sns, topic_arn)
        self._actor = Actor.system("worker-relay")

    def run(self, stop: Event) -> None:
        """Until *stop*; an unreachable SNS or database is waited out."""
        while not stop.is_set():
            heartbeat.beat()
            try:
                if not self.run_once():
                    stop.wait(PAUSE)
            except (AwsFailed, OperationalError) as error:
                logger.error("relay-stalled", reason=str(error), again_in_seconds=PAUSE_AFTER_FAILURE)
                stop.wait(PAUSE_AFTER_FAILURE)

    def run_once(self) -> int:
        """Publish up to ten events; returns how many left.

        The rows stay locked meanwhile. If the commit is lost they go out again, under the same ids.
        """
        with self._database.unit_of_work(self._actor) as work:
            events = outbox.claim(work.session, BATCH)
            if not events:
                return 0
            sent = self._publish(events)
            crash_point("before-relay-commit")
            outbox.mark_published(work.session, sent)
            outbox.mark_attempted(work.session, [event.id for event in events if event.id not in sent])
        logger.info("events-published", count=len(sent), of=len(events))
        return len(sent)

    def _publish(self, events: Sequence[Envelope]) -> list[UUID]:
        """Ids of those SNS took."""
        unpublished = self._topic.publish_many(
            [Message(str(event.id), event.to_json(), attributes={"name": event.name}) for event in events]
        )
        for failure in unpublished:
            logger.error("event-unpublished", event_id=failure.id, reason=failure.reason)
        failed = {failure.id for failure in unpublished}
        return [event.id for event in events if str(event.id) not in failed]
