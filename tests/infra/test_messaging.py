"""Queues and topics: who may write, who may read, and where what fails is kept."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from components.messaging import Queue, QueueArgs, Sender, Subscription, SubscriptionArgs, Topic
from tests.infra.synth import Declarations, component

SQS = "arn:aws:sqs:us-east-1:210987654321:vectoricons-dev"
EVENTS = "arn:aws:sns:us-east-1:210987654321:vectoricons-dev-events"


def queue(profile: str = "dev", **args: object) -> Declarations:
    said = {"visibility": timedelta(minutes=3)} | args
    return component(lambda: Queue("incoming", QueueArgs(**said)), profile=profile)  # type: ignore[arg-type]


def subscribed() -> Declarations:
    def build() -> None:
        topic = Topic("events")
        messages = Queue("messages", QueueArgs(visibility=timedelta(minutes=1), senders=[topic.sends()]))
        args = SubscriptionArgs(topic=topic, queue=messages, events=["b.after.publish", "a.after.refuse"])
        Subscription("events-to-messages", args)

    return component(build)


def test_what_fails_too_often_waits_two_weeks_among_the_dead_letters() -> None:
    declared = queue(max_receives=4)
    live, dead = declared.one("incoming-queue").inputs, declared.one("incoming-dead").inputs
    assert json.loads(live["redrivePolicy"]) == {
        "deadLetterTargetArn": f"{SQS}-incoming-dead",
        "maxReceiveCount": 4,
    }
    assert live["visibilityTimeoutSeconds"] == 180
    assert dead["name"] == "vectoricons-dev-incoming-dead"
    assert dead["messageRetentionSeconds"] == 14 * 24 * 3600
    allowed = json.loads(declared.one("incoming-dead-allow").inputs["redriveAllowPolicy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [f"{SQS}-incoming"]}


def test_both_queues_are_encrypted_and_deaf_without_tls() -> None:
    declared = queue()
    assert all(each.inputs["sqsManagedSseEnabled"] for each in declared.of("aws:sqs/queue:Queue"))
    for policy in declared.of("aws:sqs/queuePolicy:QueuePolicy"):
        (statement,) = policy.document()["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Deny", ["sqs:*"])


def test_only_its_senders_may_send() -> None:
    _, letter = (
        queue(senders=[Sender("sns.amazonaws.com", EVENTS)]).one("incoming-policy").document()["Statement"]
    )
    assert letter["Action"] == ["sqs:SendMessage"]
    assert letter["Resource"] == [f"{SQS}-incoming"]
    assert letter["Condition"] == {"ArnLike": {"aws:SourceArn": EVENTS}}


def test_a_consumer_may_take_and_settle_messages_of_the_one_queue() -> None:
    assert queue().result.consume().as_dict() == {
        "Effect": "Allow",
        "Action": [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes",
        ],
        "Resource": [f"{SQS}-incoming"],
    }


@pytest.mark.parametrize("careful", [False, True])
def test_care_decides_whether_messages_can_be_thrown_away(careful: bool) -> None:
    queues = queue("prod" if careful else "dev").of("aws:sqs/queue:Queue")
    assert {each.protect for each in queues} == {careful}


def test_a_topic_is_encrypted_and_publishing_is_a_right_on_it_alone() -> None:
    declared = component(lambda: Topic("events"))
    assert declared.one("events-topic").inputs["kmsMasterKeyId"] == "alias/aws/sns"
    (statement,) = declared.one("events-policy").document()["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", ["sns:Publish"])
    assert declared.result.publish().as_dict() == {
        "Effect": "Allow",
        "Action": ["sns:Publish"],
        "Resource": [EVENTS],
    }


def test_a_queue_gets_the_events_it_asked_for_as_they_were_published() -> None:
    inputs = subscribed().one("events-to-messages-subscription").inputs
    assert inputs["endpoint"] == f"{SQS}-messages"
    assert inputs["rawMessageDelivery"]
    assert inputs["filterPolicyScope"] == "MessageAttributes"
    assert json.loads(inputs["filterPolicy"]) == {"name": ["a.after.refuse", "b.after.publish"]}


def test_what_cannot_be_delivered_has_dead_letters_of_its_own() -> None:
    declared = subscribed()
    dead = f"{SQS}-events-to-messages-dead"
    subscription = declared.one("events-to-messages-subscription")
    assert json.loads(subscription.inputs["redrivePolicy"]) == {"deadLetterTargetArn": dead}
    _, letter = declared.one("events-to-messages-dead-policy").document()["Statement"]
    assert letter["Resource"] == [dead]
    assert letter["Condition"] == {"ArnLike": {"aws:SourceArn": EVENTS}}
    assert declared.one("messages-policy").urn in subscription.depends_on
