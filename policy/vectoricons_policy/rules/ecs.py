"""Services and clusters: out of reach, rolled back when they fail, as many as there is work."""

from __future__ import annotations

from collections.abc import Iterator

from vectoricons_policy.attachments import target_of
from vectoricons_policy.known import UNKNOWN, Resource, Stack, at
from vectoricons_policy.properties import among, elements, expect, given, is_not_true, is_true
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule
from vectoricons_policy.task_definitions import TASK_DEFINITION, containers

SERVICE = "aws:ecs/service:Service"
CLUSTER = "aws:ecs/cluster:Cluster"
SCALING_TARGET = "aws:appautoscaling/target:Target"
SCALING_POLICY = "aws:appautoscaling/policy:Policy"
TARGET_GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
_CPU = "ECSServiceAverageCPUUtilization"


@rule(
    "ecs-private",
    severity="high",
    framework="hub:ECS.2",
    why="A task with a public address is reachable past the load balancer, its certificate and its firewall.",
    fix="Leave networkConfiguration.assignPublicIp out, or set it to false.",
    scope=Scope.RESOURCE,
)
def tasks_have_no_public_address(stack: Stack) -> Findings:
    """Every service."""
    path = "networkConfiguration.assignPublicIp"
    yield from expect(stack, SERVICE, path, is_not_true, "Its tasks have public addresses.")


@rule(
    "ecs-circuit-breaker",
    severity="medium",
    framework="",
    why="Without it ECS starts a version that cannot start again and again, and the deployment never ends.",
    fix="Set deploymentCircuitBreaker enable and rollback to true; or deploy blue/green with alarms.",
    scope=Scope.RESOURCE,
)
def failed_deployments_are_taken_back(stack: Stack) -> Findings:
    """Every service."""
    for service in stack.of(SERVICE):
        blue_green = at(service.properties, "deploymentConfiguration.strategy") == "BLUE_GREEN"
        if not (blue_green and given(service.properties, "alarms")):
            for name in ("enable", "rollback"):
                if at(service.properties, f"deploymentCircuitBreaker.{name}") not in (True, UNKNOWN):
                    detail = f"deploymentCircuitBreaker.{name}"
                    yield Finding(service.urn, detail, "A version that does not start is not taken back.")


@rule(
    "ecs-platform",
    severity="low",
    framework="hub:ECS.10",
    why="An older platform misses its security fixes, and tasks without tags belong to nobody on the bill.",
    fix="Set platformVersion to LATEST, propagateTags to SERVICE and enableEcsManagedTags to true.",
    scope=Scope.RESOURCE,
)
def tasks_run_on_the_latest_platform(stack: Stack) -> Findings:
    """Every service."""
    yield from expect(
        stack, SERVICE, "platformVersion", among("LATEST", None), "It stays on an older platform."
    )
    yield from expect(stack, SERVICE, "propagateTags", among("SERVICE"), "Its tasks do not get its tags.")
    yield from expect(stack, SERVICE, "enableEcsManagedTags", is_true, "Its tasks do not say whose they are.")


@rule(
    "ecs-exec",
    severity="medium",
    framework="",
    why="A shell in production is a way in that no review has seen.",
    fix="Leave enableExecuteCommand out, or set it to false.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def nobody_gets_a_shell(stack: Stack) -> Findings:
    """Every service."""
    yield from expect(stack, SERVICE, "enableExecuteCommand", is_not_true, "It lets people into its tasks.")


@rule(
    "ecs-insights",
    severity="low",
    framework="hub:ECS.12, nag:ECS4",
    why="Without it there is no number of running tasks to scale or to alarm by.",
    fix="Give the cluster the setting containerInsights with enabled or enhanced.",
    scope=Scope.RESOURCE,
)
def clusters_count_their_tasks(stack: Stack) -> Findings:
    """Every cluster."""
    for cluster in stack.known(CLUSTER, "settings"):
        wanted = [{"name": "containerInsights", "value": value} for value in ("enabled", "enhanced")]
        settings = cluster["settings"]
        if not isinstance(settings, list) or not any(each in wanted for each in settings):
            yield Finding(cluster.urn, "containerInsights", "Container Insights is not on.")


@rule(
    "ecs-spot",
    severity="medium",
    framework="",
    why="AWS may take every Spot task at once, two minutes after it says so.",
    fix="Give the service a capacity provider strategy with FARGATE in it; Spot is for what can be cut "
    "short.",
    scope=Scope.RESOURCE,
)
def services_do_not_stand_on_spot_alone(stack: Stack) -> Findings:
    """Every service; a one-off task is no service, and may."""
    for service in stack.known(SERVICE, "capacityProviderStrategies"):
        used = {
            at(each, "capacityProvider")
            for each in elements({"used": service["capacityProviderStrategies"]}, "used")
            if at(each, "weight") or at(each, "base")
        }
        if used and all(str(each).endswith("SPOT") for each in used):
            yield Finding(service.urn, "capacityProviderStrategies", "All its tasks run on Spot.")


@rule(
    "ecs-healthcheck",
    severity="medium",
    framework="",
    why="A process that runs and does nothing looks well to ECS unless it is asked.",
    fix="Put the service behind a target group that asks a path of its own; give other containers a "
    "healthCheck.",
)
def services_are_asked_how_they_are(stack: Stack) -> Findings:
    """Every container that its service keeps running, and every target group."""
    behind = {service.urn for service in stack.of(SERVICE) if given(service.properties, "loadBalancers")}
    kept = {
        target_of(stack, service, "taskDefinition", TASK_DEFINITION)
        for service in stack.of(SERVICE)
        if service.urn not in behind
    }
    for urn, container in containers(stack):
        if (
            urn in kept
            and container.essential
            and not (container.health_check and container.health_check.command)
        ):
            yield Finding(urn, f"healthCheck::{container.name}", f"{container.name} is not asked how it is.")
    for type_ in TARGET_GROUPS:
        for group in stack.known(type_, "healthCheck"):
            if at(group["healthCheck"], "path") in (None, "", "/"):
                yield Finding(group.urn, "healthCheck.path", "It asks no path of its own for health.")


@rule(
    "ecs-scaled",
    severity="medium",
    framework="",
    why="A fixed number of tasks is too many at night and too few when it matters; CPU says nothing of a "
    "queue.",
    fix="Give the service an appautoscaling Target and a Policy, by a metric of its work where it has no "
    "load "
    "balancer, and let it ignore changes of desiredCount.",
)
def services_follow_their_work(stack: Stack) -> Findings:
    """Every service."""
    targets = {_scaled(stack, target): target for target in stack.of(SCALING_TARGET)}
    policies = list(stack.of(SCALING_POLICY))
    for service in stack.of(SERVICE):
        target = targets.get(service.urn)
        if target is None and None in targets:
            stack.unread.add(service.urn)
        elif target is None:
            yield Finding(service.urn, "Target", "Its number of tasks does not follow its work.")
        elif "desiredCount" not in service.ignores:
            yield Finding(service.urn, "ignoreChanges", "Each update undoes what scaling did.")
        if "desiredCount" in service.ignores and target is None and None not in targets:
            yield Finding(service.urn, "desiredCount", "It ignores its number of tasks, which nothing sets.")
        if target and _can_move(target) and not given(service.properties, "loadBalancers"):
            yield from _by_cpu(service, (each for each in policies if _scaled(stack, each) == service.urn))


def _can_move(target: Resource) -> bool:
    return target.get("minCapacity") != target.get("maxCapacity") or target.get("minCapacity") is None


def _by_cpu(service: Resource, policies: Iterator[Resource]) -> Findings:
    path = "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType"
    for policy in policies:
        if policy.get(path) == _CPU:
            yield Finding(policy.urn, "predefinedMetricType", f"{service.label} waits for work, not for CPU.")


def _scaled(stack: Stack, scaling: Resource) -> str | None:
    """The service whose number of tasks *scaling* sets."""
    return target_of(stack, scaling, "resourceId", SERVICE)
