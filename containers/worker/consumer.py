"""Reading an SQS queue: long polls, one verdict a message, and a heartbeat while the work goes on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

import structlog

from containers.worker.crash import crash_point
from vectoricons.aws import AwsFailed
from vectoricons.aws.sqs import BATCH, Message, Queue
from vectoricons.common import heartbeat

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

VISIBILITY = 60  # seconds a message stays ours without a heartbeat
HEARTBEAT = VISIBILITY / 3
LONG_POLL = 5  # seconds; SQS allows 20, but a process that is asked to stop waits for it
FIRST_BACKOFF = 5  # seconds until a failed message shows itself again, doubled with each failure
LONGEST_BACKOFF = 300

log = structlog.get_logger()


class Consumer:
    """Hands each message of a queue to *handle* and deletes it when that returns.

    A message whose handling raises comes back after a growing pause, until the queue's redrive policy moves
    it to the dead letters; its neighbours are not held up.
    """

    def __init__(self, sqs: SQSClient, queue_url: str, handle: Callable[[Message], None]) -> None:
        self._queue = Queue(sqs, queue_url)
        self._handle = handle

    def run(self, stop: Event) -> None:
        """Until *stop*; an unreachable SQS is waited out."""
        pause = FIRST_BACKOFF
        while not stop.is_set():
            try:
                self.run_once(LONG_POLL, stop)
                pause = FIRST_BACKOFF
            except AwsFailed as error:
                log.error("queue-unreachable", reason=str(error), again_in_seconds=pause)
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_BACKOFF)

    def run_once(self, wait_seconds: int = 0, stop: Event | None = None) -> int:
        """Receive once and handle what came; returns how many messages were done with.

        After *stop* the messages not begun are given back at once.
        """
        heartbeat.beat()
        received = self._queue.receive(
            BATCH, wait=timedelta(seconds=wait_seconds), visibility=timedelta(seconds=VISIBILITY)
        )
        waiting = {message.receipt: message for message in received}
        done = 0
        with self._heartbeat(waiting):
            for receipt, message in list(waiting.items()):
                heartbeat.beat()
                if stop is not None and stop.is_set():
                    self._hide(receipt, 0)
                else:
                    done += self._handled(message)
                del waiting[receipt]
        return done

    def _handled(self, message: Message) -> bool:
        with structlog.contextvars.bound_contextvars(message_id=message.id):
            try:
                self._handle(message)
            except Exception:
                log.exception("message-failed", receives=message.receives)
                self._hide(message.receipt, _backoff(message.receives))
                return False
            crash_point("before-delete-message")
            self._queue.delete(message.receipt)
            return True

    @contextmanager
    def _heartbeat(self, waiting: dict[str, Message]) -> Iterator[None]:
        """Keep the messages in *waiting* hidden from other consumers for as long as the block runs."""
        finished = Event()

        def beat() -> None:
            while not finished.wait(HEARTBEAT):
                for receipt in list(waiting):
                    self._hide(receipt, VISIBILITY)

        thread = Thread(target=beat, name="heartbeat", daemon=True)
        if waiting:
            thread.start()
        try:
            yield
        finally:
            finished.set()
            if waiting or thread.is_alive():
                thread.join()

    def _hide(self, receipt: str, seconds: int) -> None:
        try:
            self._queue.hide(receipt, seconds)
        except AwsFailed as failure:  # the message merely comes back sooner or later
            log.warning("visibility-unchanged", reason=failure.detail)


def _backoff(receives: int) -> int:
    """Seconds, with jitter so that messages which failed together do not return together."""
    ceiling = min(FIRST_BACKOFF * 2 ** (receives - 1), LONGEST_BACKOFF)
    return round(random.uniform(ceiling / 2, ceiling))  # noqa: S311 - jitter, not a secret
