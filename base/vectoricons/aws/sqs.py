"""SQS: one queue, its messages and its dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from vectoricons.aws import failing_to

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10  # messages, the most SQS takes or gives in one request
NO_DELAY = timedelta()


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is ours until its visibility ends. *receives* counts this delivery too."""

    id: str
    body: str
    receives: int
    receipt: str = field(default="", repr=False)


class Queue:
    """A queue. Raises AwsFailed, in words."""

    def __init__(self, sqs: SQSClient, url: str) -> None:
        self._sqs = sqs
        self.url = url

    @property
    def name(self) -> str:
        """What people call it."""
        return self.url.rpartition("/")[2]

    def send(self, body: str, *, delay: timedelta = NO_DELAY) -> str:
        """Put a message in, to be seen after *delay*; returns its id."""
        with failing_to(f"send to the queue {self.name}"):
            return self._sqs.send_message(QueueUrl=self.url, MessageBody=body, DelaySeconds=delay.seconds)[
                "MessageId"
            ]

    def send_many(self, bodies: Sequence[str], *, delay: timedelta = NO_DELAY) -> list[int]:
        """Put up to ten messages in by one request; returns the places of those that SQS did not take."""
        with failing_to(f"send to the queue {self.name}"):
            answer = self._sqs.send_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(place), "MessageBody": body, "DelaySeconds": delay.seconds}
                    for place, body in enumerate(bodies)
                ],
            )
        return [int(failure["Id"]) for failure in answer.get("Failed", [])]

    def receive(
        self, limit: int = 1, *, wait: timedelta = NO_DELAY, visibility: timedelta | None = None
    ) -> list[Message]:
        """Up to *limit* messages (ten at most), after waiting for one for at most *wait*."""
        hidden = {} if visibility is None else {"VisibilityTimeout": round(visibility.total_seconds())}
        with failing_to(f"receive from the queue {self.name}"):
            found = self._sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=limit,
                WaitTimeSeconds=round(wait.total_seconds()),
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
                **hidden,  # type: ignore[arg-type]  # the stubs know each argument by name alone
            ).get("Messages", [])
        return [
            Message(
                each["MessageId"],
                each["Body"],
                int(each.get("Attributes", {}).get("ApproximateReceiveCount", "1")),
                each["ReceiptHandle"],
            )
            for each in found
        ]

    def hide(self, receipt: str, seconds: int) -> None:
        """Keep the message from others for as long as that from now; 0 gives it back at once."""
        with failing_to(f"keep a message of the queue {self.name}"):
            self._sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )

    def delete(self, receipt: str) -> None:
        """The message is done with."""
        with failing_to(f"delete a message of the queue {self.name}"):
            self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)

    def count(self) -> int:
        """How many messages wait, about."""
        with failing_to(f"count the queue {self.name}"):
            found = self._sqs.get_queue_attributes(
                QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"]
        return int(found["ApproximateNumberOfMessages"])

    def purge(self) -> None:
        """Throw away all messages."""
        with failing_to(f"purge the queue {self.name}"):
            self._sqs.purge_queue(QueueUrl=self.url)

    def redrive(self, to: Queue) -> int:
        """Send what lies in this queue of dead letters to *to* once more; returns how many that were.

        A message is deleted here after it is there: dying in between makes two of it, never none.
        """
        moved = 0
        while received := self.receive(BATCH):
            refused = set(to.send_many([each.body for each in received]))
            taken = [each for place, each in enumerate(received) if place not in refused]
            for each in taken:
                self.delete(each.receipt)
            moved += len(taken)
            if not taken:
                break
        return moved
