"""Queues, topics and the way from one to the other; nothing that fails twice is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pulumi import Output, Resource, ResourceOptions
from pulumi_aws import sns, sqs

from components.alarms import Alarm, above, watch
from components.base import Component
from components.iam import Statement, accept, document, grant, tls_only
from components.metrics import Metric

_KEPT = int(timedelta(days=14).total_seconds())
_LATE_MINUTES = 3  # in a row, so that one slow receive is nothing


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
    late: timedelta = timedelta(minutes=15)  # people are told of a message that waits longer


class Queue(Component):
    """SQS queue with its dead letters.

    Creates: aws.sqs.Queue (2), aws.sqs.QueuePolicy (2), aws.sqs.RedriveAllowPolicy,
    aws.cloudwatch.MetricAlarm (a message waits too long, a message is dead).
    """

    def __init__(self, name: str, args: QueueArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.arn = self.names.arn("queue", self.names.of("queue", name))
        dead = _dead_letters(self, [])
        called = self.names.of("queue", name)
        queue = sqs.Queue(
            self.child("queue"),
            name=called,
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
        self.waiting = Metric(
            "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": called}, "Maximum"
        )
        watch(
            self,
            "late",
            Alarm(
                of=Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": called}, "Maximum"),
                bad=above(args.late.total_seconds()),
                minutes=_LATE_MINUTES,
                title=f"A message in {name} waits for more than {args.late // timedelta(minutes=1)} minutes",
                help="Its consumer is down, too slow or refuses it; the consumer's log says which.",
            ),
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


class Speaks(Protocol):
    """A topic, as its subscribers know it."""

    created: Output[str]

    def sends(self) -> Sender: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionArgs:
    """Which events of a topic go into which queue."""

    topic: Speaks
    queue: Queue
    events: Sequence[
        str
    ] = ()  # values of the message attribute "name" ("family.after.*": as it begins); none: all


class Subscription(Component):
    """A topic's chosen events in a queue, as they were published; dead letters for what cannot be delivered.

    Creates: aws.sns.TopicSubscription, aws.sqs.Queue, aws.sqs.QueuePolicy, aws.cloudwatch.MetricAlarm.
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
            filter_policy_scope="MessageAttributes" if args.events else None,
            filter_policy=json.dumps({"name": [_pattern(event) for event in sorted(args.events)]})
            if args.events
            else None,
            redrive_policy=_redrive(self, {}),
            opts=self.child_opts(depends_on=[*args.queue.ready, dead]),
        )
        self.register_outputs({})


def _pattern(event: str) -> str | dict[str, str]:
    """*event* as a filter policy has it."""
    return {"prefix": event.removesuffix("*")} if event.endswith("*") else event


def _dead_name(owner: Component) -> str:
    return owner.names.of("queue", f"{owner.pulumi_resource_name}-dead")


def _redrive(owner: Component, rest: dict[str, int]) -> str:
    return json.dumps({"deadLetterTargetArn": owner.names.arn("queue", _dead_name(owner))} | rest)


def _dead_letters(owner: Component, senders: Sequence[Sender]) -> sqs.Queue:
    """Where *owner*'s failures wait two weeks for somebody to look; people are told of the first."""
    queue = sqs.Queue(
        owner.child("dead"),
        name=_dead_name(owner),
        sqs_managed_sse_enabled=True,
        message_retention_seconds=_KEPT,
        tags=owner.tags(),
        opts=owner.child_opts(protect=owner.care.protect),
    )
    _policy(owner, "dead-policy", queue, owner.names.arn("queue", _dead_name(owner)), senders)
    watch(
        owner,
        "dead",
        Alarm(
            of=Metric(
                "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": _dead_name(owner)}, "Maximum"
            ),
            bad=above(0),
            minutes=1,
            title=f"{owner.pulumi_resource_name} has dead letters",
            help=f"Read them in {_dead_name(owner)}, mend what refused them, and send them back.",
        ),
    )
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
