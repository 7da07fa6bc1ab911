"""Queues, topics and the way from one to the other; nothing that fails twice is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pulumi import Output, Resource, ResourceOptions
from pulumi_aws import sns, sqs

from components.base import Component
from components.iam import Statement, accept, document, grant, tls_only

_KEPT = int(timedelta(days=14).total_seconds())


@dataclass(frozen=True, slots=True)
class Sender:
    """What puts messages into a queue: a service of AWS, on behalf of one resource."""

    service: str
    arn: str
    account: str = ""  # where the ARN does not tell it


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueArgs:
    """How patient a queue is, and who fills it."""

    visibility: timedelta  # >= six times what the consumer takes for one message
    senders: Sequence[Sender] = ()
    max_receives: int = 5  # then the message goes to the dead letters


class Queue(Component):
    """SQS queue with its dead letters.

    Creates: aws.sqs.Queue (2), aws.sqs.QueuePolicy (2), aws.sqs.RedriveAllowPolicy.
    """

    def __init__(self, name: str, args: QueueArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.arn = self.names.arn("queue", self.names.of("queue", name))
        dead = _dead_letters(self, [])
        queue = sqs.Queue(
            self.child("queue"),
            name=self.names.of("queue", name),
            sqs_managed_sse_enabled=True,
            receive_wait_time_seconds=20,
            visibility_timeout_seconds=int(args.visibility.total_seconds()),
            message_retention_seconds=_KEPT,
            redrive_policy=_redrive(self, {"maxReceiveCount": args.max_receives}),
            tags=self.tags(),
            opts=self.child_opts(protect=self.care.protect, depends_on=[dead]),
        )
        sqs.RedriveAllowPolicy(
            self.child("dead-allow"),
            queue_url=dead.url,
            redrive_allow_policy=json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [self.arn]}),
            opts=self.child_opts(),
        )
        self.url: Output[str] = queue.url
        self.ready: list[Resource] = [_policy(self, "policy", queue, self.arn, args.senders)]
        self.register_outputs({"url": self.url})

    def consume(self) -> Statement:
        """Receive, delete, extend visibility: what a worker needs, on this queue alone."""
        return grant(
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes",
            on=self.arn,
        )


class Topic(Component):
    """SNS topic for what has happened.

    Creates: aws.sns.Topic, aws.sns.TopicPolicy.
    """

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.arn = self.names.arn("topic", self.names.of("topic", name))
        topic = sns.Topic(
            self.child("topic"),
            name=self.names.of("topic", name),
            kms_master_key_id="alias/aws/sns",
            tags=self.tags(),
            opts=self.child_opts(),
        )
        self.created: Output[str] = topic.arn
        sns.TopicPolicy(
            self.child("policy"),
            arn=self.created,
            policy=document(tls_only("sns:Publish", self.arn)),
            opts=self.child_opts(),
        )
        self.register_outputs({"arn": self.created})

    def publish(self) -> Statement:
        """Leave to say that something has happened."""
        return grant("sns:Publish", on=self.arn)

    def sends(self) -> Sender:
        """This topic as one that a queue takes messages from."""
        return Sender("sns.amazonaws.com", self.arn)


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionArgs:
    """Which events of a topic go into which queue."""

    topic: Topic
    queue: Queue
    events: Sequence[str]  # values of the message attribute "name"


class Subscription(Component):
    """A topic's chosen events in a queue, as they were published; dead letters for what cannot be delivered.

    Creates: aws.sns.TopicSubscription, aws.sqs.Queue, aws.sqs.QueuePolicy.
    """

    def __init__(self, name: str, args: SubscriptionArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        dead = _dead_letters(self, [args.topic.sends()])
        sns.TopicSubscription(
            self.child("subscription"),
            topic=args.topic.created,
            protocol="sqs",
            endpoint=args.queue.arn,
            raw_message_delivery=True,
            filter_policy_scope="MessageAttributes",
            filter_policy=json.dumps({"name": sorted(args.events)}),
            redrive_policy=_redrive(self, {}),
            opts=self.child_opts(depends_on=[*args.queue.ready, dead]),
        )
        self.register_outputs({})


def _dead_name(owner: Component) -> str:
    return owner.names.of("queue", f"{owner.pulumi_resource_name}-dead")


def _redrive(owner: Component, rest: dict[str, int]) -> str:
    return json.dumps({"deadLetterTargetArn": owner.names.arn("queue", _dead_name(owner))} | rest)


def _dead_letters(owner: Component, senders: Sequence[Sender]) -> sqs.Queue:
    """Where *owner*'s failures wait two weeks for somebody to look."""
    queue = sqs.Queue(
        owner.child("dead"),
        name=_dead_name(owner),
        sqs_managed_sse_enabled=True,
        message_retention_seconds=_KEPT,
        tags=owner.tags(),
        opts=owner.child_opts(protect=owner.care.protect),
    )
    _policy(owner, "dead-policy", queue, owner.names.arn("queue", _dead_name(owner)), senders)
    return queue


def _policy(
    owner: Component, part: str, queue: sqs.Queue, arn: str, senders: Sequence[Sender]
) -> sqs.QueuePolicy:
    allowed = [
        accept(each.service, "sqs:SendMessage", on=arn, source=each.arn, account=each.account)
        for each in senders
    ]
    return sqs.QueuePolicy(
        owner.child(part),
        queue_url=queue.url,
        policy=document(tls_only("sqs:*", arn), *allowed),
        opts=owner.child_opts(),
    )
