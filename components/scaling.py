"""How many tasks of a service run: between two numbers of the stack file, as its work asks.

Application Auto Scaling follows a target: it adds tasks while the number is above it and takes them away,
more slowly, while it is below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pulumi import Output, Resource
from pulumi_aws import appautoscaling

from components.base import Component, Deployment
from components.metrics import Metric, Statistic
from components.sections.services import Size

OwedQueue = Literal["items", "previews", "events"]

# Where the program's own numbers stand: CloudWatch reads them off a log (the embedded metric format).
_NAMESPACE = "VectorIcons"

_Configuration = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgsDict
_Query = (
    appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricArgsDict
)

_OUT_SECONDS = 60  # between two steps up: as long as a task takes to begin
_IN_SECONDS = 300  # between two steps down, so that a pause between two uploads costs no task


@dataclass(frozen=True, slots=True)
class Busy:
    """As many tasks as keep their processors this busy, in per cent."""

    cpu: int = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """As many tasks as work off what waits in *of* within *latency*, each taking *per_message* for one."""

    of: Metric
    latency: timedelta
    per_message: timedelta

    def __post_init__(self) -> None:
        if self.latency < self.per_message:
            raise ValueError(
                f"A latency of {self.latency} cannot be had where one message takes {self.per_message}."
            )

    @property
    def per_task(self) -> float:
        """How much may wait for each task."""
        return self.latency / self.per_message


@dataclass(frozen=True, kw_only=True, slots=True)
class Requests:
    """As many tasks as have *at_once* requests in hand each, of which every one takes *each*.

    For a service behind a load balancer, which counts them.
    """

    at_once: int
    each: timedelta

    @property
    def per_task(self) -> float:
        """How many a minute for each task."""
        return self.at_once * (timedelta(minutes=1) / self.each)


Scale = Busy | Backlog | Requests


def owed(queue: OwedQueue) -> Metric:
    """How much of *queue* Postgres says is still to be done: a line of the reaper's log, once a minute."""
    stack = Deployment.current().names.stack
    return Metric(_NAMESPACE, "Backlog", {"Stack": stack, "Queue": queue}, "Maximum")


def running_tasks(cluster: str, service: str, statistic: Statistic = "Average") -> Metric:
    """How many tasks of a service run, by Container Insights."""
    return _insight("RunningTaskCount", cluster, service, statistic)


def desired_tasks(cluster: str, service: str) -> Metric:
    """How many tasks of a service there should be."""
    return _insight("DesiredTaskCount", cluster, service, "Average")


def _insight(name: str, cluster: str, service: str, statistic: Statistic) -> Metric:
    return Metric("ECS/ContainerInsights", name, {"ClusterName": cluster, "ServiceName": service}, statistic)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scaled:
    """The service that is scaled, as those who measure it know it."""

    cluster: str
    service: str
    requests: Output[str] | None = None  # "app/NAME/ID/targetgroup/NAME/ID": where they are counted


def scale(owner: Component, what: Scaled, *, size: Size, by: Sequence[Scale], after: Resource) -> None:
    """Keep the service that *after* made between ``size.min`` and ``size.max``, as large as the largest of
    *by* asks.

    Creates: aws.appautoscaling.Target, aws.appautoscaling.Policy (one for each measure).
    """
    target = appautoscaling.Target(
        owner.child("scaling"),
        service_namespace="ecs",
        resource_id=f"service/{what.cluster}/{what.service}",
        scalable_dimension="ecs:service:DesiredCount",
        min_capacity=size.min,
        max_capacity=size.most,
        tags=owner.tags(),
        opts=owner.child_opts(depends_on=[after]),
    )
    for measure in by:
        if isinstance(measure, Backlog):
            owner.draw("backlog", measure.of, line=measure.per_task * size.min)
        part = "-requests" if isinstance(measure, Requests) else ""
        appautoscaling.Policy(
            owner.child(f"scaling-policy{part}"),
            name=owner.names.of("scaling-policy", f"{owner.pulumi_resource_name}{part}"),
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration=_tracked(measure, what),
            opts=owner.child_opts(),
        )


def _tracked(by: Scale, what: Scaled) -> _Configuration:
    """What is followed, and to which value."""
    followed: _Configuration = {
        "target_value": by.cpu if isinstance(by, Busy) else by.per_task,
        "scale_out_cooldown": _OUT_SECONDS,
        "scale_in_cooldown": _IN_SECONDS,
    }
    if isinstance(by, Backlog):
        followed["customized_metric_specification"] = {
            "metrics": _backlog_per_task(by.of, running_tasks(what.cluster, what.service))
        }
    elif isinstance(by, Requests):
        if what.requests is None:
            raise ValueError(f"{what.service} follows its requests and stands behind no load balancer.")
        followed["predefined_metric_specification"] = {
            "predefined_metric_type": "ALBRequestCountPerTarget",
            "resource_label": what.requests,
        }
    else:
        followed["predefined_metric_specification"] = {
            "predefined_metric_type": "ECSServiceAverageCPUUtilization"
        }
    return followed


def _backlog_per_task(waiting: Metric, running: Metric) -> list[_Query]:
    """What waits, over who works. With nobody at work one task is reckoned with: nothing divides by zero."""
    return [
        {
            "id": "backlog",
            "label": "What waits for each task",
            "expression": "waiting / IF(running < 1, 1, running)",
            "return_data": True,
        },
        _read("waiting", waiting),
        _read("running", running),
    ]


def _read(called: str, metric: Metric) -> _Query:
    return {
        "id": called,
        "return_data": False,
        "metric_stat": {
            "metric": {
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "dimensions": [{"name": name, "value": value} for name, value in metric.dimensions.items()],
            },
            "stat": metric.statistic,
        },
    }
