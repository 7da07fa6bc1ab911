"""Queues, topics, subscriptions and the identities mail comes from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.provider.errors import RefusedError
from local.provider.values import plain
from tests.local.engineless import Declared, Engineless


def policy(resource: str, action: str = "sqs:SendMessage") -> str:
    """A policy document of one statement."""
    principal = {"AWS": "arn:aws:iam::123456789012:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def attributes(aws: Any, queue: Declared) -> dict[str, str]:
    """A queue's attributes as SQS has them now."""
    held: dict[str, str] = aws("sqs").get_queue_attributes(QueueUrl=queue["url"], AttributeNames=["All"])[
        "Attributes"
    ]
    return held


@pytest.fixture
def queue(declared: Engineless) -> Declared:
    """A queue."""
    return declared.create(
        "aws:sqs/queue:Queue",
        "incoming",
        name="incoming",
        sqsManagedSseEnabled=True,
        visibilityTimeoutSeconds=60,
        fifoQueue=False,
        tags={"component": "incoming"},
    )


@pytest.fixture
def dead(declared: Engineless) -> Declared:
    """Where a queue's failures go."""
    return declared.create("aws:sqs/queue:Queue", "dead", name="incoming-dead")


def redrive(dead: Declared) -> str:
    """To the dead letters after the fifth time."""
    return json.dumps({"deadLetterTargetArn": dead["arn"], "maxReceiveCount": 5})


def test_a_queue_has_the_attributes_it_was_declared_with(
    declared: Engineless, queue: Declared, dead: Declared, aws: Any
) -> None:
    assert queue["arn"] == attributes(aws, queue)["QueueArn"]
    assert declared.read(queue) == queue

    changed = declared.update(queue, redrivePolicy=redrive(dead), tags={"owner": "platform"})
    assert json.loads(attributes(aws, queue)["RedrivePolicy"]) == json.loads(redrive(dead))
    assert aws("sqs").list_queue_tags(QueueUrl=queue["url"])["Tags"] == {"owner": "platform"}
    assert declared.read(changed) == changed

    declared.update(changed, redrivePolicy=None)
    assert "RedrivePolicy" not in attributes(aws, queue)


def test_a_first_in_first_out_queue_is_one(declared: Engineless, aws: Any) -> None:
    ordered = declared.create(
        "aws:sqs/queue:Queue", name="ordered.fifo", fifoQueue=True, contentBasedDeduplication=True
    )

    assert attributes(aws, ordered)["FifoQueue"] == "true"
    assert declared.update(ordered, delaySeconds=5)["delaySeconds"] == 5


def test_an_attribute_changed_by_hand_is_found_with_its_value(
    declared: Engineless, queue: Declared, aws: Any
) -> None:
    aws("sqs").set_queue_attributes(QueueUrl=queue["url"], Attributes={"VisibilityTimeout": "1"})

    found = declared.read(queue)

    assert found is not None
    assert (
        plain(found.inputs["visibilityTimeoutSeconds"]) == plain(found.state["visibilityTimeoutSeconds"]) == 1
    )


def test_a_queue_deleted_by_hand_is_gone_and_can_be_deleted_again(
    declared: Engineless, queue: Declared, aws: Any
) -> None:
    aws("sqs").delete_queue(QueueUrl=queue["url"])

    assert declared.read(queue) is None
    declared.delete(queue)


def test_a_queue_keeps_its_policy_whatever_else_is_changed(
    declared: Engineless, queue: Declared, dead: Declared, aws: Any
) -> None:
    allowed = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [queue["arn"]]})
    rights = declared.create(
        "aws:sqs/queuePolicy:QueuePolicy", queueUrl=dead["url"], policy=policy(dead["arn"])
    )
    allow = declared.create(
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", queueUrl=dead["url"], redriveAllowPolicy=allowed
    )
    declared.update(dead, delaySeconds=1)

    assert json.loads(attributes(aws, dead)["Policy"]) == json.loads(policy(dead["arn"]))
    assert declared.read(rights) == rights
    assert declared.read(allow) == allow
    changed = declared.update(rights, policy=policy(dead["arn"], "sqs:*"))
    assert declared.read(changed) == changed
    declared.delete(rights)
    assert declared.read(rights) is None


def test_the_way_of_failures_can_be_declared_apart(
    declared: Engineless, queue: Declared, dead: Declared
) -> None:
    way = declared.create(
        "aws:sqs/redrivePolicy:RedrivePolicy", queueUrl=queue["url"], redrivePolicy=redrive(dead)
    )

    assert declared.read(way) == way
    declared.delete(way)
    assert declared.read(way) is None


def test_two_queues_of_one_name_and_different_habits_are_refused(
    declared: Engineless, queue: Declared
) -> None:
    with pytest.raises(RefusedError, match="CreateQueue was answered QueueAlreadyExists"):
        declared.create("aws:sqs/queue:Queue", "again", name="incoming", visibilityTimeoutSeconds=1)


def test_a_topic_has_the_attributes_it_was_declared_with(declared: Engineless, aws: Any) -> None:
    topic = declared.create(
        "aws:sns/topic:Topic", name="events", displayName="Events", tags={"component": "events"}
    )
    assert declared.read(topic) == topic
    changed = declared.update(topic, displayName=None, kmsMasterKeyId="alias/aws/sns", tags=None)
    assert declared.read(changed) == changed
    assert aws("sns").list_tags_for_resource(ResourceArn=topic.id)["Tags"] == []

    rights = declared.create(
        "aws:sns/topicPolicy:TopicPolicy", arn=topic["arn"], policy=policy(topic["arn"], "sns:Publish")
    )
    assert declared.read(rights) == rights
    rights = declared.update(rights, policy=policy(topic["arn"], "sns:Subscribe"))
    assert declared.read(rights) == rights
    declared.delete(rights)
    left = declared.read(rights)
    assert left is not None
    assert plain(left.inputs["policy"]) != plain(rights.inputs["policy"])

    declared.delete(changed)
    assert declared.read(changed) is None
    declared.delete(changed)


def test_a_subscription_delivers_as_it_was_published_what_its_filter_lets_through(
    declared: Engineless, queue: Declared, dead: Declared, aws: Any
) -> None:
    topic = declared.create("aws:sns/topic:Topic", name="events")
    subscription = declared.create(
        "aws:sns/topicSubscription:TopicSubscription",
        topic=topic["arn"],
        protocol="sqs",
        endpoint=queue["arn"],
        rawMessageDelivery=True,
        filterPolicy=json.dumps({"name": ["upload-batch.after.publish"]}),
        filterPolicyScope="MessageAttributes",
        redrivePolicy=json.dumps({"deadLetterTargetArn": dead["arn"]}),
    )
    assert declared.read(subscription) == subscription
    for name in ("upload-batch.after.publish", "upload-batch.after.create"):
        attribute = {"name": {"DataType": "String", "StringValue": name}}
        aws("sns").publish(
            TopicArn=topic["arn"], Message=f'{{"name": "{name}"}}', MessageAttributes=attribute
        )
    received = aws("sqs").receive_message(QueueUrl=queue["url"], MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in received] == ['{"name": "upload-batch.after.publish"}']

    changed = declared.update(subscription, rawMessageDelivery=None, filterPolicy=None)
    held = aws("sns").get_subscription_attributes(SubscriptionArn=subscription.id)["Attributes"]
    assert held["RawMessageDelivery"] == "false"
    assert held["FilterPolicy"] == "{}"
    declared.delete(changed)
    assert declared.read(changed) is None


@pytest.mark.parametrize(
    ("token", "inputs", "sender"),
    [
        (
            "aws:ses/emailIdentity:EmailIdentity",
            {"email": "notices@vectoricons.test"},
            "notices@vectoricons.test",
        ),
        ("aws:ses/domainIdentity:DomainIdentity", {"domain": "vectoricons.test"}, "anybody@vectoricons.test"),
        (
            "aws:sesv2/emailIdentity:EmailIdentity",
            {"emailIdentity": "vectoricons.test"},
            "any@vectoricons.test",
        ),
        (
            "aws:sesv2/emailIdentity:EmailIdentity",
            {"emailIdentity": "me@vectoricons.test"},
            "me@vectoricons.test",
        ),
    ],
)
def test_mail_may_come_from_an_identity_that_was_declared(
    declared: Engineless, aws: Any, token: str, inputs: dict[str, str], sender: str
) -> None:
    identity = declared.create(token, **inputs)

    assert identity["arn"] == f"arn:aws:ses:us-east-1:123456789012:identity/{next(iter(inputs.values()))}"
    assert declared.read(identity) == identity
    words = {"Data": "An upload is published"}
    aws("ses").send_email(
        Source=sender,
        Destination={"ToAddresses": ["operators@vectoricons.test"]},
        Message={"Subject": words, "Body": {"Text": words}},
    )
    declared.delete(identity)
    assert declared.read(identity) is None
