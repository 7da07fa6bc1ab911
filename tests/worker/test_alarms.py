"""Alarms: what CloudWatch says becomes a sentence, told once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from containers.worker.notices import read
from tests.worker.pipeline import Pipeline

ARN = "arn:aws:cloudwatch:us-east-1:109876543210:alarm:vectoricons-prod-worker-images-short"


def alarm(old: str = "OK", new: str = "ALARM", **changes: Any) -> str:
    """A change of state as CloudWatch writes it to SNS."""
    said = {
        "AlarmName": "vectoricons-prod-worker-images-short",
        "AlarmDescription": "worker-images runs fewer tasks than it should\nIts log says why they end.",
        "AWSAccountId": "109876543210",
        "AlarmConfigurationUpdatedTimestamp": "2026-11-26T04:00:00.000+0000",
        "NewStateValue": new,
        "NewStateReason": "Threshold Crossed: 10 datapoints were greater than the threshold (0.0).",
        "StateChangeTime": "2026-11-26T05:43:10.123+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": ARN,
        "OldStateValue": old,
        "OKActions": ["arn:aws:sns:us-east-1:109876543210:vectoricons-prod-alerts"],
        "Trigger": {"Period": 60, "EvaluationPeriods": 10, "Threshold": 0.0},
    }
    return json.dumps(said | changes)


def tell(pipeline: Pipeline, *bodies: str) -> list[str]:
    """What people read after the messenger has had *bodies*."""
    for body in bodies:
        pipeline.servers.sqs.send_message(QueueUrl=pipeline.servers.messages, MessageBody=body)
    pipeline.deliver()
    return list(pipeline.sink.posts)


def test_an_alarm_says_what_is_wrong_what_to_do_and_since_when(pipeline: Pipeline) -> None:
    (post,) = tell(pipeline, alarm())
    title, help_, why, link = post.splitlines()
    assert title == "*Alarm: worker-images runs fewer tasks than it should*"
    assert help_ == "Its log says why they end."
    assert why == (
        "vectoricons-prod-worker-images-short, 05:43 UTC: "
        "Threshold Crossed: 10 datapoints were greater than the threshold (0.0)."
    )
    assert link == (
        "<https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1"
        "#alarmsV2:alarm/vectoricons-prod-worker-images-short|Open the page>"
    )


def test_an_alarm_that_is_over_says_so(pipeline: Pipeline) -> None:
    (post,) = tell(pipeline, alarm("ALARM", "OK", StateChangeTime="2026-11-26T06:00:00.000+0000"))
    assert post.startswith("*Over: worker-images runs fewer tasks than it should*")


def test_the_same_change_delivered_twice_is_told_once_and_the_next_one_again(pipeline: Pipeline) -> None:
    later = alarm(StateChangeTime="2026-11-26T07:00:00.000+0000")
    assert len(tell(pipeline, alarm(), alarm(), later)) == 2
    assert pipeline.rows("select event_name, state from notifications") == [
        ("alarm.after.alarm", "slack"),
        ("alarm.after.alarm", "slack"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("INSUFFICIENT_DATA", "OK"), ("OK", "INSUFFICIENT_DATA"), ("ALARM", "INSUFFICIENT_DATA")],
)
def test_nobody_hears_that_an_alarm_begins_or_ceases_to_see(old: str, new: str) -> None:
    assert read(alarm(old, new)).notice("https://vectoricons.test") is None


def test_an_alarm_without_a_word_is_told_by_its_name() -> None:
    notice = read(alarm(AlarmDescription=None)).notice("https://vectoricons.test")
    assert notice is not None
    assert notice.subject == "Alarm: vectoricons-prod-worker-images-short"


def test_slack_down_means_an_alarm_by_mail(pipeline: Pipeline) -> None:
    pipeline.sink.answers = [(404, {})]
    tell(pipeline, alarm())
    (mail,) = pipeline.mails()
    assert mail.subject == "Alarm: worker-images runs fewer tasks than it should"


@pytest.mark.parametrize("body", ["", "{}", "[]", alarm(NewStateValue="WARM"), alarm(AlarmArn=None)])
def test_what_neither_the_relay_nor_cloudwatch_wrote_is_refused(body: str) -> None:
    with pytest.raises(ValidationError):
        read(body)
