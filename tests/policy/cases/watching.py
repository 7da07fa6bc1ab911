"""Logs, alarms, tags and protection: what is known of a thing besides what it does."""

from __future__ import annotations

import json
from typing import Any

from tests.policy.keeping import Break, Case, given, one
from tests.policy.stacks import Declared

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
GOOD: dict[str, Any] = {
    "alarmActions": ["arn:aws:sns:us-east-1:123456789012:alarms"],
    "treatMissingData": "missing",
}
TAGS = {"project": "icons", "env": "prod", "component": "database", "owner": "platform"}

DATABASE = Declared("aws:rds/instance:Instance", "subject", {"identifier": "subject"})
WATCH = Declared(
    ALARM,
    "subject-alarm",
    {"metricName": "CPUUtilization", "dimensions": {"DBInstanceIdentifier": "subject"}},
    depends={"dimensions": DATABASE},
)
VISIBLE = "ApproximateNumberOfMessagesVisible"
DEAD = Declared("aws:sqs/queue:Queue", "subject", {"name": "subject"})
FED = Declared(
    "aws:sqs/queue:Queue",
    "subject-fed",
    {
        "name": "subject-fed",
        "redrivePolicy": json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:subject"}),
    },
)
TOLD = Declared(
    ALARM,
    "subject-alarm",
    {"metricQueries": [{"metric": {"metricName": VISIBLE, "dimensions": {"QueueName": "subject"}}}]},
    depends={"metricQueries": DEAD},
)
DIMENSION = "metricQueries.0.metric.dimensions.QueueName"

CASES: dict[str, Case] = {
    "logs-retention": one(LOG_GROUP, {"retentionInDays": 14}, *given("retentionInDays", 0, None)),
    "logs-kept": one(LOG_GROUP, {"retentionInDays": 365}, *given("retentionInDays", 1, 364)),
    "logs-cmk": one(LOG_GROUP, {"kmsKeyId": "arn:key"}, *given("kmsKeyId", None, "")),
    "alarms-actions": one(
        ALARM,
        GOOD,
        *given("alarmActions", None, []),
        *given("actionsEnabled", False),
        *given("treatMissingData", None),
    ),
    "alarms-exist": Case(
        [DATABASE, WATCH],
        [Break("MetricAlarm", {("subject-alarm", "dimensions.DBInstanceIdentifier"): "another"})],
    ),
    "dlq-alarm": Case(
        [DEAD, FED, TOLD],
        [
            Break(VISIBLE, {("subject-alarm", DIMENSION): "another"}),
            Break(
                VISIBLE,
                {("subject-alarm", "metricQueries.0.metric.metricName"): "NumberOfMessagesSent"},
                unknown=(),
            ),
        ],
    ),
    "required-tags": one(
        "aws:rds/instance:Instance",
        {"tags": TAGS},
        *(
            Break(f"tags::{name}", {("subject", f"tags.{name}"): value})
            for name in TAGS
            for value in (None, "")
        ),
    ),
    "stateful-protected": Case(
        [Declared("aws:rds/instance:Instance", "subject", protect=True)],
        [Break("protect", options={"protect": False}, unknown=())],
    ),
}
