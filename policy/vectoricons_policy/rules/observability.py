"""Logs and alarms: kept as long as they are wanted, watched, and heard by somebody."""

from __future__ import annotations

from collections.abc import Iterator

from vectoricons_policy.known import UNKNOWN, Resource, Stack, at
from vectoricons_policy.properties import at_least, elements, expect, given, is_given
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule
from vectoricons_policy.rules.alb import LOAD_BALANCERS
from vectoricons_policy.rules.cache import REPLICATION_GROUP
from vectoricons_policy.rules.cdn import DISTRIBUTION
from vectoricons_policy.rules.ecs import SERVICE
from vectoricons_policy.rules.rds import INSTANCE
from vectoricons_policy.rules.sns import ALARM
from vectoricons_policy.rules.sqs import dead_letter_queues

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

# By which property an alarm's dimension names what it watches.
WATCHED = {
    INSTANCE: "identifier",
    REPLICATION_GROUP: "replicationGroupId",
    SERVICE: "name",
    DISTRIBUTION: "id",
    **dict.fromkeys(LOAD_BALANCERS, "arnSuffix"),
}


@rule(
    "logs-retention",
    severity="low",
    framework="",
    why="Logs without an end are paid for without an end, and keep what people asked to have forgotten.",
    fix="Set retentionInDays.",
    scope=Scope.RESOURCE,
)
def log_groups_forget(stack: Stack) -> Findings:
    """Every log group."""
    yield from expect(stack, LOG_GROUP, "retentionInDays", at_least(1), "It keeps logs for ever.")


@rule(
    "logs-kept",
    severity="medium",
    framework="hub:CloudWatch.16",
    why="A break-in is found months later; who came in then is in the logs, if they are still there.",
    fix="Set retentionInDays to 365 or more.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def log_groups_remember_a_year(stack: Stack) -> Findings:
    """Every log group that forgets at all."""
    for group in stack.known(LOG_GROUP, "retentionInDays"):
        if group["retentionInDays"] and not at_least(365)(group["retentionInDays"]):
            yield Finding(group.urn, "retentionInDays", "It forgets within a year.")


@rule(
    "logs-cmk",
    severity="low",
    framework="",
    why="By a key of your own you decide who reads the logs, and can end it for everybody at once.",
    fix="Set kmsKeyId to a key whose policy lets CloudWatch Logs use it for this group.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def log_groups_have_a_key(stack: Stack) -> Findings:
    """Every log group."""
    yield from expect(stack, LOG_GROUP, "kmsKeyId", is_given, "It is encrypted by AWS's own key.")


@rule(
    "alarms-actions",
    severity="high",
    framework="hub:CloudWatch.15, hub:CloudWatch.17",
    why="An alarm that tells nobody is a graph.",
    fix="Give it alarmActions, leave actionsEnabled on, and say in treatMissingData what silence means.",
    scope=Scope.RESOURCE,
)
def alarms_tell_somebody(stack: Stack) -> Findings:
    """Every alarm."""
    for alarm in stack.of(ALARM):
        if not given(alarm.properties, "alarmActions"):
            yield Finding(alarm.urn, "alarmActions", "It tells nobody.")
    yield from expect(stack, ALARM, "actionsEnabled", lambda value: value is not False, "It is switched off.")
    yield from expect(stack, ALARM, "treatMissingData", is_given, "It does not say what silence means.")


@rule(
    "alarms-exist",
    severity="medium",
    framework="",
    why="What is watched by nothing is down until a customer writes.",
    fix="Declare a MetricAlarm with a dimension that names it.",
    level=Level.PRODUCTION,
)
def what_may_fail_is_watched(stack: Stack) -> Findings:
    """Every database, cache, service, load balancer and distribution."""
    watched = _Watched(stack)
    for type_, name in WATCHED.items():
        for resource in stack.of(type_):
            if not watched.by(resource, resource.get(name)):
                yield Finding(resource.urn, "MetricAlarm", "No alarm watches it.")


@rule(
    "dlq-alarm",
    severity="high",
    framework="",
    why="Dead letters wait two weeks for somebody who does not know of them.",
    fix="Declare a MetricAlarm on ApproximateNumberOfMessagesVisible above 0 of each queue for dead letters.",
)
def dead_letters_are_told_of(stack: Stack) -> Findings:
    """Every queue for dead letters."""
    watched = _Watched(stack, "ApproximateNumberOfMessagesVisible")
    for queue in dead_letter_queues(stack):
        if not watched.by(queue, queue.get("name")):
            yield Finding(queue.urn, "ApproximateNumberOfMessagesVisible", "No alarm tells of its messages.")


class _Watched:
    """What the alarms of a stack watch, by their dimensions or by what an unknown dimension comes from."""

    def __init__(self, stack: Stack, metric: str | None = None) -> None:
        self._names: set[str] = set()
        self._sources: set[str] = set()
        for alarm in stack.of(ALARM):
            for found, dimensions in _metrics(alarm):
                if metric is None or found == metric:
                    self._names |= {str(value) for value in dimensions.values() if value is not UNKNOWN}
                    if UNKNOWN in dimensions.values():
                        self._sources |= _sources(alarm)

    def by(self, resource: Resource, name: object) -> bool:
        """Whether an alarm watches *resource*, or a member of it, as the nodes of a cache are."""
        return resource.urn in self._sources or any(
            each == name or each.startswith(f"{name}-") for each in self._names
        )


def _metrics(alarm: Resource) -> Iterator[tuple[object, dict[str, object]]]:
    """The name and dimensions of every metric of *alarm*, within a calculation too."""
    queries = [
        at_metric for each in elements(alarm.properties, "metricQueries") if (at_metric := _metric(each))
    ]
    for metric in [alarm.properties, *queries]:
        dimensions = metric.get("dimensions")
        if isinstance(dimensions, dict):
            yield at(metric, "metricName"), dimensions
        elif dimensions is UNKNOWN:
            yield at(metric, "metricName"), {"": UNKNOWN}


def _metric(query: object) -> dict[str, object] | None:
    metric = query.get("metric") if isinstance(query, dict) else None
    return metric if isinstance(metric, dict) else None


def _sources(alarm: Resource) -> set[str]:
    return {urn for name in ("dimensions", "metricQueries") for urn in alarm.dependencies.get(name, ())}
