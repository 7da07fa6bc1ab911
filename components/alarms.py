"""When people are told: each component watches what it creates, and all say it on one topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pulumi import Resource
from pulumi_aws import cloudwatch

from components.base import Component
from components.metrics import PERIOD, Formula, Measure, Metric

Operator = Literal["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"]
# The one topic of alarms, by its logical name; components/alerts.py makes it.
TOPIC = "alerts"


@dataclass(frozen=True, slots=True)
class Limit:
    """Where good ends."""

    operator: Operator
    value: float


def above(value: float) -> Limit:
    """More than *value* is bad."""
    return Limit("GreaterThanThreshold", value)


def at_least(value: float) -> Limit:
    """*value* is bad already."""
    return Limit("GreaterThanOrEqualToThreshold", value)


def below(value: float) -> Limit:
    """Less than *value* is bad."""
    return Limit("LessThanThreshold", value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """A number that people are told of once it has been bad for *minutes* in a row.

    *title* says what is wrong and *help* where to look: people read them in Slack.
    """

    of: Measure
    bad: Limit
    minutes: int
    title: str
    help: str
    # What no number means: for most things that nothing happens; for what must always speak, that it is dead.
    silence: Literal["breaching", "notBreaching"] = "notBreaching"


def watch(
    owner: Component, part: str, alarm: Alarm, *, once_there_is: Sequence[Resource] = ()
) -> cloudwatch.MetricAlarm:
    """Tell people of *alarm*, when it begins and when it is over; and draw it on the dashboard.

    Creates: aws.cloudwatch.MetricAlarm.
    """
    owner.draw(part, alarm.of, line=alarm.bad.value)
    people = [owner.names.arn("topic", owner.names.of("topic", TOPIC))]
    measured = (
        {
            "namespace": alarm.of.namespace,
            "metric_name": alarm.of.name,
            "dimensions": dict(alarm.of.dimensions),
            "statistic": alarm.of.statistic,
            "period": PERIOD,
        }
        if isinstance(alarm.of, Metric)
        else {"metric_queries": _queries(alarm.of)}
    )
    return cloudwatch.MetricAlarm(
        owner.child(f"{part}-alarm"),
        name=owner.names.of("alarm", f"{owner.pulumi_resource_name}-{part}"),
        alarm_description=f"{alarm.title}\n{alarm.help}",
        comparison_operator=alarm.bad.operator,
        threshold=alarm.bad.value,
        evaluation_periods=alarm.minutes,
        datapoints_to_alarm=alarm.minutes,
        treat_missing_data=alarm.silence,
        actions_enabled=True,
        alarm_actions=people,
        ok_actions=people,
        tags=owner.tags(),
        opts=owner.child_opts(depends_on=list(once_there_is)),
        **measured,
    )


def _queries(formula: Formula) -> list[cloudwatch.MetricAlarmMetricQueryArgsDict]:
    computed: cloudwatch.MetricAlarmMetricQueryArgsDict = {
        "id": "answer",
        "expression": formula.text,
        "label": formula.text,
        "return_data": True,
    }
    read: list[cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": name,
            "metric": {
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "dimensions": dict(metric.dimensions),
                "stat": metric.statistic,
                "period": PERIOD,
            },
        }
        for name, metric in formula.of.items()
    ]
    return [computed, *read]
