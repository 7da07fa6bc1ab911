"""Alarms: for everything, said on one topic, in words that people can act on."""

from __future__ import annotations

from functools import cache

import pytest

from components.alarms import Alarm, above, below, watch
from components.alerts import Alerts
from components.base import Component
from components.instances import GIB, connections, memory
from components.metrics import Formula, Metric
from tests.infra.synth import Declarations, component, program

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "arn:aws:sns:us-east-1:109876543210:vectoricons-prod-alerts"


@cache
def prod() -> Declarations:
    return program("prod")


def names() -> set[str]:
    return {each.name for each in prod().of(ALARM)}


def watched(alarm: Alarm) -> Declarations:
    return component(lambda: watch(Component("thing"), "part", alarm))


def test_every_alarm_tells_people_when_it_begins_and_when_it_is_over() -> None:
    for each in prod().of(ALARM):
        assert each.inputs["alarmActions"] == each.inputs["okActions"] == [TOPIC], each.name
        assert each.inputs["actionsEnabled"]
        assert each.inputs["treatMissingData"] in ("breaching", "notBreaching")
        title, _, help_ = each.inputs["alarmDescription"].partition("\n")
        assert title
        assert help_.endswith("."), each.name


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("aws:ecs/service:Service", {"short", "cpu", "memory"}),
        ("aws:rds/instance:Instance", {"cpu", "storage", "memory", "connections"}),
    ],
)
def test_everything_that_runs_is_watched(token: str, parts: set[str]) -> None:
    for each in prod().of(token):
        owner = each.name.rpartition("-")[0]
        assert {f"{owner}-{part}-alarm" for part in parts} <= names(), each.name


def test_people_hear_when_what_can_grow_has_grown_as_far_as_it_may() -> None:
    for target in prod().of("aws:appautoscaling/target:Target"):
        grows = target.inputs["minCapacity"] < target.inputs["maxCapacity"]
        assert (target.name.replace("-scaling", "-full-alarm") in names()) is grows


def test_every_queue_and_every_dead_letter_is_watched() -> None:
    watching = {
        (each.inputs["dimensions"]["QueueName"], each.inputs["metricName"])
        for each in prod().of(ALARM)
        if each.inputs.get("namespace") == "AWS/SQS"
    }
    for queue in prod().of("aws:sqs/queue:Queue"):
        dead = "redrivePolicy" not in queue.inputs
        metric = "ApproximateNumberOfMessagesVisible" if dead else "ApproximateAgeOfOldestMessage"
        assert (queue.inputs["name"], metric) in watching


def test_every_server_of_the_cache_and_every_way_out_is_watched() -> None:
    for server in ("1", "2"):
        for part in ("memory", "evictions", "cpu", "replication"):
            assert f"cache-{server}-{part}-alarm" in names()
    for gateway in prod().of("aws:ec2/natGateway:NatGateway"):
        assert {f"{gateway.name}-ports-alarm", f"{gateway.name}-packets-alarm"} <= names()


def test_an_alarm_reads_one_number_for_so_many_minutes() -> None:
    metric = Metric("AWS/RDS", "FreeStorageSpace", {"DBInstanceIdentifier": "main"}, "Minimum")
    alarm = Alarm(of=metric, bad=below(5), minutes=7, title="It is full", help="Make room.")
    inputs = watched(alarm).one("thing-part-alarm").inputs
    assert inputs["name"] == "vectoricons-dev-thing-part"
    assert (inputs["metricName"], inputs["statistic"], inputs["period"]) == (
        "FreeStorageSpace",
        "Minimum",
        60,
    )
    assert (inputs["comparisonOperator"], inputs["threshold"]) == ("LessThanThreshold", 5)
    assert (inputs["evaluationPeriods"], inputs["datapointsToAlarm"]) == (7, 7)
    assert inputs["alarmDescription"] == "It is full\nMake room."


def test_an_alarm_may_reckon_with_several_numbers() -> None:
    two = {"desired": Metric("N", "Desired", {}), "running": Metric("N", "Running", {})}
    alarm = Alarm(
        of=Formula("desired - running", two),
        bad=above(0),
        minutes=1,
        title="Too few",
        help="Look.",
        silence="breaching",
    )
    inputs = watched(alarm).one("thing-part-alarm").inputs
    answer, *read = inputs["metricQueries"]
    assert (answer["expression"], answer["returnData"]) == ("desired - running", True)
    assert [(each["id"], each["metric"]["metricName"]) for each in read] == [
        ("desired", "Desired"),
        ("running", "Running"),
    ]
    assert inputs["treatMissingData"] == "breaching"
    assert "metricName" not in inputs


def test_only_this_stacks_alarms_may_speak_and_the_topics_key_is_renewed() -> None:
    declared = component(lambda: Alerts("alerts"))
    publish, _ = declared.one("alerts-policy").document()["Statement"]
    assert publish["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert publish["Resource"] == ["arn:aws:sns:us-east-1:210987654321:vectoricons-dev-alerts"]
    assert publish["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:210987654321:alarm:vectoricons-dev-*"},
        "StringEquals": {"aws:SourceAccount": "210987654321"},
    }
    key = declared.one("alerts-key")
    assert key.inputs["enableKeyRotation"]
    account, service = key.document()["Statement"]
    assert service["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert service["Condition"] == publish["Condition"]
    assert not {"kms:Decrypt", "kms:GenerateDataKey"} & set(account["Action"])
    assert declared.one("alerts-topic").inputs["kmsMasterKeyId"].endswith("alerts-key")


def test_the_topic_of_alarms_has_one_name() -> None:
    with pytest.raises(ValueError, match="every alarm names its topic alerts"):
        component(lambda: Alerts("sirens"))


def test_what_alarms_say_goes_to_people_whatever_it_is() -> None:
    subscription = prod().one("alerts-to-messages-subscription").inputs
    assert subscription["endpoint"] == "arn:aws:sqs:us-east-1:109876543210:vectoricons-prod-messages"
    assert subscription["rawMessageDelivery"]
    assert "filterPolicy" not in subscription
    allowed = [
        each["Condition"]["ArnLike"] for each in prod().one("messages-policy").document()["Statement"][1:]
    ]
    assert {"aws:SourceArn": TOPIC} in allowed


@pytest.mark.parametrize(
    ("instance", "gib"),
    [("db.t4g.micro", 1), ("db.m7g.large", 8), ("db.r7g.xlarge", 32), ("db.m7g.4xlarge", 64)],
)
def test_limits_are_a_share_of_what_an_instance_has(instance: str, gib: int) -> None:
    assert memory(instance) == gib * GIB


def test_a_big_instance_takes_five_thousand_connections_and_a_small_one_what_its_memory_holds() -> None:
    assert (connections("db.t4g.micro"), connections("db.r7g.4xlarge")) == (112, 5_000)


def test_a_size_nobody_sells_is_refused() -> None:
    with pytest.raises(ValueError, match=r"db\.t4g\.tiny: tiny is not a size"):
        memory("db.t4g.tiny")
