"""Queues, topics and subscriptions."""

from __future__ import annotations

import json
from typing import Any

from tests.policy.keeping import Break, Case, given, one
from tests.policy.stacks import ACCOUNT, Declared, allow, document

REDRIVE = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 5})
QUEUE = Declared(
    "aws:sqs/queue:Queue",
    "subject",
    {"name": "subject", "visibilityTimeoutSeconds": 180, "redrivePolicy": REDRIVE},
)
TOPIC = Declared("aws:sns/topic:Topic", "subject", {"name": "subject", "kmsMasterKeyId": "alias/aws/sns"})
QUEUE_POLICY, TOPIC_POLICY = "aws:sqs/queuePolicy:QueuePolicy", "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
ANYWHERE = {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::icons-{ACCOUNT}"}}


def plain_refused(action: str, **changes: Any) -> str:
    """A document that refuses everybody without TLS, with *changes*."""
    refusal = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": "arn",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return document({**refusal, **changes})


def sent(**condition: Any) -> str:
    """A document that lets S3 send."""
    return document(
        allow("sqs:SendMessage", on="arn", Principal={"Service": "s3.amazonaws.com"}, **condition)
    )


def attached(type_: str, reference: str, target: Declared, policy: str) -> Declared:
    """The policy of *target*."""
    return Declared(
        type_, "subject-policy", {reference: "subject", "policy": policy}, depends={reference: target}
    )


def open_(path: str, *policies: str) -> list[Break]:
    """The policy, replaced by ones that let plain HTTP in, or by none of the subject's."""
    lost = Break("aws:SecureTransport", {("subject-policy", path): "another"})
    return [lost, *(Break("aws:SecureTransport", {("subject-policy", "policy"): each}) for each in policies)]


def called(timeout: int) -> list[Declared]:
    """A function that the queue calls."""
    function = Declared("aws:lambda/function:Function", "subject-function", {"timeout": timeout})
    mapping = Declared(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        "subject-mapping",
        {"eventSourceArn": "subject", "functionName": "subject-function"},
        depends={"functionName": function},
    )
    return [function, mapping]


ALARM = Declared(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "subject-alarm",
    {"alarmActions": ["arn:aws:sns:us-east-1:123456789012:another"]},
)

CASES: dict[str, Case] = {
    "sqs-tls": Case(
        [QUEUE, attached(QUEUE_POLICY, "queueUrl", QUEUE, plain_refused("sqs:*"))],
        open_(
            "queueUrl",
            sent(),
            plain_refused("sqs:SendMessage"),
            plain_refused("sqs:*", Effect="Allow"),
            plain_refused("sqs:*", Condition={}),
        ),
    ),
    "sqs-not-public": one(
        QUEUE_POLICY,
        {"queueUrl": "subject", "policy": sent(Condition=ANYWHERE)},
        *given("policy", sent(), detail="aws:SourceArn::s3.amazonaws.com"),
    ),
    "sqs-visibility": Case(
        [QUEUE, *called(30)],
        [
            *given("visibilityTimeoutSeconds", 30, 119, 179, None),
            Break("visibilityTimeoutSeconds", {("subject-function", "timeout"): 60}, unknown=()),
        ],
    ),
    "sns-encrypted": Case(
        [TOPIC, ALARM],
        [
            *given("kmsMasterKeyId", None, ""),
            Break(
                "kmsMasterKeyId::alias/aws/sns",
                {("subject-alarm", "alarmActions"): ["arn:aws:sns:us-east-1:123456789012:subject"]},
            ),
        ],
    ),
    "sns-tls": Case(
        [TOPIC, attached(TOPIC_POLICY, "arn", TOPIC, plain_refused("sns:Publish"))],
        open_("arn", plain_refused("sns:Subscribe"), plain_refused("sns:Publish", Effect="Allow"), "{"),
    ),
    "sns-sub-dlq": one(
        SUBSCRIPTION, {"protocol": "sqs", "redrivePolicy": REDRIVE}, *given("redrivePolicy", None, "")
    ),
}
