"""SNS: messages to one topic, one or ten at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vectoricons.aws import failing_to

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

BATCH = 10  # messages, the most SNS takes in one request
LONGEST_SUBJECT = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What is published: JSON or any text. *id* tells the messages of a batch apart."""

    id: str
    body: str
    subject: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A message of a batch that SNS did not take, and why."""

    id: str
    reason: str


class Topic:
    """A topic. Raises AwsFailed, in words."""

    def __init__(self, sns: SNSClient, arn: str) -> None:
        self._sns = sns
        self.arn = arn

    def publish(self, message: Message) -> str:
        """Send one message; returns the id SNS gave it."""
        with failing_to(f"publish to {self.arn}"):
            return self._sns.publish(TopicArn=self.arn, **_fields(message))["MessageId"]

    def publish_many(self, messages: Sequence[Message]) -> list[Unpublished]:
        """Send up to ten messages in one request; returns those that SNS did not take."""
        entries: Any = [{"Id": each.id, **_fields(each)} for each in messages]
        with failing_to(f"publish to {self.arn}"):
            answer = self._sns.publish_batch(TopicArn=self.arn, PublishBatchRequestEntries=entries)
        return [
            Unpublished(failure["Id"], failure.get("Message", failure["Code"]))
            for failure in answer.get("Failed", [])
        ]

    def subscribe(self, protocol: str, endpoint: str) -> str:
        """Have *endpoint* hear of what is published; returns the subscription's ARN."""
        with failing_to(f"subscribe {endpoint} to {self.arn}"):
            return self._sns.subscribe(
                TopicArn=self.arn, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True
            )["SubscriptionArn"]

    def unsubscribe(self, subscription: str) -> None:
        """End a subscription."""
        with failing_to(f"end the subscription {subscription}"):
            self._sns.unsubscribe(SubscriptionArn=subscription)

    def attributes(self) -> dict[str, str]:
        """What SNS knows of the topic."""
        with failing_to(f"read the attributes of {self.arn}"):
            return self._sns.get_topic_attributes(TopicArn=self.arn)["Attributes"]


def _fields(message: Message) -> Any:
    attributes: dict[str, MessageAttributeValueTypeDef] = {
        name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
    }
    subject = {"Subject": message.subject[:LONGEST_SUBJECT]} if message.subject else {}
    return {"Message": message.body, "MessageAttributes": attributes, **subject}
