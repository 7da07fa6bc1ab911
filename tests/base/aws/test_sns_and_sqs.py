"""SNS and SQS, against moto: what is published arrives, and what fails is said in words."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

from vectoricons.aws import AwsFailed
from vectoricons.aws.ses import Ses
from vectoricons.aws.sns import Message, Topic
from vectoricons.aws.sqs import Queue

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

NOBODY = "arn:aws:sns:us-east-1:123456789012:nobody"


@pytest.fixture
def sns() -> SNSClient:
    client: SNSClient = boto3.client("sns")
    return client


@pytest.fixture
def sqs() -> SQSClient:
    client: SQSClient = boto3.client("sqs")
    return client


@pytest.fixture
def topic(sns: SNSClient) -> Topic:
    return Topic(sns, sns.create_topic(Name=f"topic-{uuid4().hex}")["TopicArn"])


@pytest.fixture
def queue(sqs: SQSClient) -> Queue:
    return new_queue(sqs)


def new_queue(sqs: SQSClient) -> Queue:
    return Queue(sqs, sqs.create_queue(QueueName=f"queue-{uuid4().hex}")["QueueUrl"])


def arn(sqs: SQSClient, queue: Queue) -> str:
    return sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


# -- SNS


def test_what_is_published_arrives_with_its_subject_and_attributes(
    topic: Topic, queue: Queue, sqs: SQSClient
) -> None:
    topic.subscribe("sqs", arn(sqs, queue))
    assert topic.publish(Message("1", '{"a": 1}', "Hello", {"name": "kite.flown"}))
    (received,) = queue.receive()
    told: dict[str, Any] = json.loads(received.body)
    assert (told["Message"], told["Subject"]) == ('{"a": 1}', "Hello")
    assert told["MessageAttributes"]["name"]["Value"] == "kite.flown"


def test_many_are_published_at_once(topic: Topic, queue: Queue, sqs: SQSClient) -> None:
    topic.subscribe("sqs", arn(sqs, queue))
    assert topic.publish_many([Message(str(number), str(number)) for number in range(10)]) == []
    assert queue.count() == 10


def test_what_sns_does_not_take_of_many_is_told(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {"Failed": [{"Id": "2", "Code": "InternalError", "SenderFault": False}]}
    monkeypatch.setattr(topic._sns, "publish_batch", lambda **_: refused)  # noqa: SLF001 - moto takes all
    (unpublished,) = topic.publish_many([Message("1", "a"), Message("2", "b")])
    assert (unpublished.id, unpublished.reason) == ("2", "InternalError")


def test_who_unsubscribed_hears_no_more(topic: Topic, queue: Queue, sqs: SQSClient) -> None:
    subscription = topic.subscribe("sqs", arn(sqs, queue))
    assert topic.attributes()["TopicArn"] == topic.arn
    topic.unsubscribe(subscription)
    topic.publish(Message("1", "a"))
    assert queue.receive() == []


def test_a_topic_there_is_not_fails_in_words(sns: SNSClient) -> None:
    nobody = Topic(sns, NOBODY)
    calls = {
        "publish": lambda: nobody.publish(Message("1", "a")),
        "publish to": lambda: nobody.publish_many([Message("1", "a")]),
        "subscribe": lambda: nobody.subscribe("sqs", "arn:aws:sqs:us-east-1:123456789012:none"),
        "read the attributes": nobody.attributes,
    }
    for what, call in calls.items():
        with pytest.raises(AwsFailed, match=f"Failed to {what} .*AWS says NotFound"):
            call()


# -- SQS


def test_a_message_is_received_and_once_deleted_is_gone(queue: Queue) -> None:
    queue.send("hello")
    (received,) = queue.receive(visibility=timedelta())
    assert (received.body, received.receives) == ("hello", 1)
    (again,) = queue.receive()
    assert again.receives == 2
    queue.delete(again.receipt)
    assert queue.receive() == []
    assert queue.count() == 0


def test_a_delayed_message_is_not_seen_yet(queue: Queue) -> None:
    queue.send("later", delay=timedelta(minutes=2))
    queue.send_many(["later too"], delay=timedelta(minutes=2))
    assert queue.receive() == []


def test_ten_go_in_and_come_out_by_one_request_each(queue: Queue) -> None:
    assert queue.send_many([str(number) for number in range(10)]) == []
    assert sorted(message.body for message in queue.receive(10)) == list("0123456789")


def test_what_sqs_does_not_take_of_many_is_told_by_its_place(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {"Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False}]}
    monkeypatch.setattr(queue._sqs, "send_message_batch", lambda **_: refused)  # noqa: SLF001 - moto takes all
    assert queue.send_many(["a", "b"]) == [1]


def test_a_message_is_hidden_as_long_as_asked(queue: Queue) -> None:
    queue.send("hello")
    (received,) = queue.receive()
    assert queue.receive() == []
    queue.hide(received.receipt, 0)
    assert len(queue.receive()) == 1


def test_purging_leaves_nothing(queue: Queue) -> None:
    queue.send_many(["a", "b"])
    queue.purge()
    assert queue.count() == 0


def test_dead_letters_are_sent_once_more(queue: Queue, sqs: SQSClient) -> None:
    dead = new_queue(sqs)
    for start in (0, 10):
        dead.send_many([str(number) for number in range(start, start + 10)])
    assert dead.redrive(queue) == 20
    assert (dead.count(), queue.count()) == (0, 20)


def test_a_dead_letter_that_is_not_taken_stays(
    queue: Queue, sqs: SQSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = new_queue(sqs)
    dead.send("poison")
    monkeypatch.setattr(Queue, "send_many", lambda _self, bodies: list(range(len(bodies))))
    assert dead.redrive(queue) == 0
    assert (
        sqs.get_queue_attributes(QueueUrl=dead.url, AttributeNames=["All"])["Attributes"][
            "ApproximateNumberOfMessagesNotVisible"
        ]
        == "1"
    )


def test_a_queue_there_is_not_fails_in_words(sqs: SQSClient) -> None:
    nobody = Queue(sqs, "http://127.0.0.1/123456789012/nobody")
    calls = {
        "send to": lambda: nobody.send("a"),
        "send": lambda: nobody.send_many(["a"]),
        "receive from": nobody.receive,
        "keep a message of": lambda: nobody.hide("x", 1),
        "delete a message of": lambda: nobody.delete("x"),
        "count": nobody.count,
        "purge": nobody.purge,
    }
    for what, call in calls.items():
        with pytest.raises(AwsFailed, match=f"Failed to {what} .*nobody") as failed:
            call()
        assert failed.value.aws_code.endswith(("QueueDoesNotExist", "NonExistentQueue"))


# -- SES


def test_mail_goes_out_from_a_verified_sender_alone() -> None:
    ses = boto3.client("sesv2")
    with pytest.raises(AwsFailed, match=r"Failed to send mail to ann@example\.org: AWS says MessageRejected"):
        Ses(ses, f"{uuid4().hex}@example.com").send("ann@example.org", "Hello", "Ann")
    ses.create_email_identity(EmailIdentity="icons@example.com")
    assert Ses(ses, "icons@example.com").send("ann@example.org", "Hello", "Ann")
