"""Scaling: every service between two numbers, as its work asks; Spot for surplus alone."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, get_args

import pytest

from components.metrics import Metric
from components.scaling import Backlog, Busy, Requests, Scale, owed
from components.sections.services import ServiceName, Size
from components.service import Service
from containers.api.settings import THREADS
from tests.infra.synth import Declarations, component, program
from tests.infra.test_task import args, cluster

SERVICES: tuple[ServiceName, ...] = get_args(ServiceName)
TRACKING = "targetTrackingScalingPolicyConfiguration"


@cache
def prod() -> Declarations:
    return program("prod")


def service(size: Size, scale: Scale | None = None) -> Declarations:
    said: dict[str, Any] = {"size": size} | ({"scale": [scale]} if scale else {})
    return component(lambda: Service("relay", args(cluster(), **said)))


def followed(scale: Scale) -> dict[str, Any]:
    found: dict[str, Any] = service(Size(), scale).one("relay-scaling-policy").inputs[TRACKING]
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_scales_and_leaves_its_number_of_tasks_to_scaling(name: str) -> None:
    target = prod().one(f"{name}-scaling").inputs
    assert target["resourceId"] == f"service/vectoricons-prod/vectoricons-prod-{name}"
    assert 1 <= target["minCapacity"] <= target["maxCapacity"]
    assert prod().one(f"{name}-service").ignores == ("desiredCount",)


def test_a_service_begins_with_its_least_and_grows_to_its_most() -> None:
    declared = service(Size(min=3, max=9))
    assert declared.one("relay-service").inputs["desiredCount"] == 3
    target = declared.one("relay-scaling")
    assert (target.inputs["minCapacity"], target.inputs["maxCapacity"]) == (3, 9)
    assert declared.one("relay-service").urn in target.depends_on


def test_what_waits_for_each_task_is_followed_and_never_divided_by_zero() -> None:
    waiting = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "incoming"}, "Maximum")
    told = followed(Backlog(of=waiting, latency=timedelta(minutes=10), per_message=timedelta(seconds=0.25)))
    assert told["targetValue"] == 2_400
    answer, *read = told["customizedMetricSpecification"]["metrics"]
    assert answer["expression"] == "waiting / IF(running < 1, 1, running)"
    assert [each["returnData"] for each in (answer, *read)] == [True, False, False]
    asked = {each["id"]: each["metricStat"]["metric"] for each in read}
    assert asked["waiting"]["dimensions"] == [{"name": "QueueName", "value": "incoming"}]
    assert asked["running"] == {
        "namespace": "ECS/ContainerInsights",
        "metricName": "RunningTaskCount",
        "dimensions": [
            {"name": "ClusterName", "value": "vectoricons-dev"},
            {"name": "ServiceName", "value": "vectoricons-dev-relay"},
        ],
    }


def test_a_latency_below_the_time_for_one_message_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be had where one message takes"):
        Backlog(of=Metric("a", "b", {}), latency=timedelta(seconds=1), per_message=timedelta(seconds=2))


def test_workers_follow_what_they_work_off_and_pages_their_requests_and_how_busy_they_are() -> None:
    def read(name: str) -> str:
        told = prod().one(name).inputs[TRACKING]
        if "predefinedMetricSpecification" in told:
            return str(told["predefinedMetricSpecification"]["predefinedMetricType"])
        waiting = told["customizedMetricSpecification"]["metrics"][1]["metricStat"]["metric"]
        return str(waiting["dimensions"][-1]["value"])

    policies = [each.name for each in prod().of("aws:appautoscaling/policy:Policy")]
    assert {name.replace("-scaling-policy", ""): read(name) for name in policies} == {
        "api": "ECSServiceAverageCPUUtilization",
        "api-requests": "ALBRequestCountPerTarget",
        "stream": "ECSServiceAverageCPUUtilization",
        "icons": "ECSServiceAverageCPUUtilization",
        "icons-requests": "ALBRequestCountPerTarget",
        "worker-intake": "vectoricons-prod-incoming",
        "worker-images": "items",
        "worker-previews": "previews",
        "worker-relay": "events",
        "worker-messenger": "vectoricons-prod-messages",
        "worker-reaper": "ECSServiceAverageCPUUtilization",
    }


def test_what_postgres_owes_is_read_from_this_stacks_own_line() -> None:
    assert component(lambda: owed("items")).result.dimensions == {"Stack": "dev", "Queue": "items"}


def test_the_requests_of_the_api_are_counted_where_the_load_balancer_hands_them_to_it() -> None:
    told = prod().one("api-scaling-policy-requests").inputs[TRACKING]
    assert told["targetValue"] == 2_400
    assert told["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": "app/main/1/targetgroup/api/1",
    }


def test_a_task_of_the_api_is_asked_for_half_of_what_its_threads_can_have_in_hand() -> None:
    assert Requests(at_once=4, each=timedelta(seconds=0.1)).per_task == THREADS / 2 * 600


def test_requests_of_a_service_behind_no_load_balancer_are_refused() -> None:
    with pytest.raises(ValueError, match="relay follows its requests and stands behind no load balancer"):
        service(Size(), Requests(at_once=1, each=timedelta(seconds=1)))


def test_without_a_word_tasks_are_kept_sixty_per_cent_busy() -> None:
    assert followed(Busy())["targetValue"] == 60


def test_surplus_runs_on_spot_and_the_least_never() -> None:
    declared = service(Size(min=2, max=6, spot_from=4))
    assert declared.one("relay-service").inputs["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "base": 3, "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ]


@pytest.mark.parametrize("name", ["api", "stream", "icons"])
def test_who_people_wait_for_never_runs_on_spot(name: str) -> None:
    strategies = prod().one(f"{name}-service").inputs["capacityProviderStrategies"]
    assert strategies == [{"capacityProvider": "FARGATE", "weight": 1}]
