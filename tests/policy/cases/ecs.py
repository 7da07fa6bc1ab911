"""Services and clusters."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.policy.cases import containers
from tests.policy.keeping import Break, Case, given, one
from tests.policy.stacks import Declared

SERVICE = "aws:ecs/service:Service"
GOOD: dict[str, Any] = {
    "name": "subject",
    "networkConfiguration": {"assignPublicIp": False},
    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    "platformVersion": "LATEST",
    "propagateTags": "SERVICE",
    "enableEcsManagedTags": True,
    "enableExecuteCommand": False,
    "capacityProviderStrategies": [
        {"capacityProvider": "FARGATE", "base": 1, "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
    ],
}
INSIGHTS = {"settings": [{"name": "containerInsights", "value": "enhanced"}]}

SUBJECT = Declared(SERVICE, "subject", GOOD, ignores=("desiredCount",))
TARGET = Declared(
    "aws:appautoscaling/target:Target",
    "subject-target",
    {"resourceId": "service/cluster/subject"},
    depends={"resourceId": SUBJECT},
)
TRACKING = "targetTrackingScalingPolicyConfiguration"
BACKLOG = Declared(
    "aws:appautoscaling/policy:Policy",
    "subject-backlog",
    {
        "resourceId": "service/cluster/subject",
        TRACKING: {"targetValue": 10, "customizedMetricSpecification": {"metrics": []}},
    },
    depends={"resourceId": SUBJECT},
)
BY_CPU = {"predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}}

WELL = {"command": ["CMD", "worker", "well"]}
DEFINITION = Declared(
    containers.DEFINITION,
    "subject-definition",
    {
        "family": "subject-definition",
        "containerDefinitions": json.dumps([containers.FIRST, {**containers.CONTAINER, "healthCheck": WELL}]),
    },
)
KEPT = replace(SUBJECT, properties={**GOOD, "taskDefinition": "arn"}, depends={"taskDefinition": DEFINITION})
GROUP = Declared("aws:lb/targetGroup:TargetGroup", "subject-group", {"healthCheck": {"path": "/healthz"}})

CASES: dict[str, Case] = {
    "ecs-private": one(SERVICE, GOOD, *given("networkConfiguration.assignPublicIp", True)),
    "ecs-circuit-breaker": one(
        SERVICE,
        GOOD,
        *given("deploymentCircuitBreaker.enable", False, None),
        *given("deploymentCircuitBreaker.rollback", False, None),
    ),
    "ecs-platform": one(
        SERVICE,
        GOOD,
        *given("platformVersion", "1.3.0"),
        *given("propagateTags", "TASK_DEFINITION", "NONE", None),
        *given("enableEcsManagedTags", False, None),
    ),
    "ecs-exec": one(SERVICE, GOOD, *given("enableExecuteCommand", True)),
    "ecs-insights": one(
        "aws:ecs/cluster:Cluster",
        INSIGHTS,
        *given(
            "settings",
            None,
            [],
            [{"name": "containerInsights", "value": "disabled"}],
            detail="containerInsights",
        ),
    ),
    "ecs-spot": one(
        SERVICE,
        GOOD,
        *given(
            "capacityProviderStrategies",
            [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
            [{"capacityProvider": "FARGATE", "weight": 0}, {"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        ),
    ),
    "ecs-healthcheck": Case(
        [KEPT, DEFINITION, GROUP],
        [
            Break(
                "healthCheck::api",
                {
                    ("subject-definition", "containerDefinitions"): json.dumps(
                        [containers.FIRST, containers.CONTAINER]
                    )
                },
                found_at="subject-definition",
            ),
            Break("healthCheck.path", {("subject-group", "healthCheck.path"): "/"}, found_at="subject-group"),
        ],
    ),
    "ecs-scaled": Case(
        [SUBJECT, TARGET, BACKLOG],
        [
            Break("ignoreChanges", options={"ignores": ()}, unknown=()),
            Break(
                "Target",
                {("subject-target", "resourceId"): "service/cluster/another"},
                options={"ignores": ()},
            ),
            Break(
                "predefinedMetricType",
                {("subject-backlog", TRACKING): BY_CPU},
                found_at="subject-backlog",
            ),
        ],
    ),
}
