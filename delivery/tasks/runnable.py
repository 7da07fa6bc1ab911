"""What can be run once, and where: a task that the stack puts out, or what one of its services runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from delivery.errors import DeliveryError, Exit
from delivery.outputs import TaskOutputs
from delivery.stack import Stack

ON_DEMAND = "FARGATE"


@dataclass(frozen=True, slots=True)
class LogTarget:
    """Where a container's lines go: a group, and what its streams begin with."""

    group: str
    prefix: str

    @classmethod
    def of(cls, container: Mapping[str, Any]) -> Self | None:
        """That of a container definition; None when it keeps no log in CloudWatch."""
        options = container.get("logConfiguration", {}).get("options", {})
        if "awslogs-group" not in options:
            return None
        return cls(options["awslogs-group"], options.get("awslogs-stream-prefix", ""))


@dataclass(frozen=True, slots=True)
class Runnable:
    """One revision of a task definition with the place to run it in."""

    stack: Stack
    name: str
    cluster: str
    definition: str
    subnets: Sequence[str]
    security_groups: Sequence[str]
    capacity: str
    container: str
    command: Sequence[str]
    log: LogTarget | None


def find(stack: Stack, name: str, capacity: str | None = None) -> Runnable:
    """What is called *name* in *stack*, on *capacity* or its own. Raises DeliveryError when nothing is."""
    place = stack.outputs.tasks.get(name) or _of_service(stack, name)
    try:
        found = stack.ecs().describe_task_definition(taskDefinition=place.task_definition)["taskDefinition"]
    except ClientError as error:
        raise DeliveryError(
            f"{name}: its task definition {place.task_definition} is not there "
            f"({error.response['Error']['Message']}). Bring the stack {stack.name} up again.",
            Exit.TASK,
        ) from error
    container = next(one for one in found["containerDefinitions"] if one.get("essential", True))
    return Runnable(
        stack=stack,
        name=name,
        cluster=stack.outputs.cluster,
        definition=found["taskDefinitionArn"],
        subnets=place.subnets,
        security_groups=place.security_groups,
        capacity=capacity or place.capacity_provider,
        container=container["name"],
        command=container.get("command", []),
        log=LogTarget.of(container),
    )


def _of_service(stack: Stack, name: str) -> TaskOutputs:
    """What the service *name* runs, as a task."""
    services = _services(stack)
    if name not in services:
        raise DeliveryError(
            f"The stack {stack.name} has no task {name}. "
            f"Tasks: {', '.join(sorted(stack.outputs.tasks)) or 'none'}; "
            f"services: {', '.join(sorted(services)) or 'none'}."
        )
    network = services[name]["networkConfiguration"]["awsvpcConfiguration"]
    return TaskOutputs(
        task_definition=services[name]["taskDefinition"],
        subnets=network["subnets"],
        security_groups=network["securityGroups"],
        capacity_provider=ON_DEMAND,
    )


def _services(stack: Stack) -> dict[str, Any]:
    """The services of the stack's cluster by their short names."""
    ecs, cluster = stack.ecs(), stack.outputs.cluster
    prefix = f"{cluster.rpartition('/')[2]}-"
    pages = ecs.get_paginator("list_services").paginate(cluster=cluster, PaginationConfig={"PageSize": 10})
    found: dict[str, Any] = {}
    for page in pages:
        if page["serviceArns"]:
            for service in ecs.describe_services(cluster=cluster, services=page["serviceArns"])["services"]:
                found[service["serviceName"].removeprefix(prefix)] = service
    return found
