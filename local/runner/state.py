"""What the runner writes into moto's ECS backend, so that ECS's own API tells what the processes do."""

from __future__ import annotations

from copy import copy

from moto.ecs.models import Container as ContainerState
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.models import Service as ServiceState
from moto.ecs.models import Task as TaskState
from moto.moto_api import state_manager

from local.runner.task import Task

STOPPED_KEPT = 100
"""Stopped tasks that ECS still tells about; AWS keeps them for an hour."""


_stop_task = EC2ContainerServiceBackend.stop_task


def stop_moto_stepping() -> None:
    """moto moves a task on at every DescribeTasks, and calls it stopped when that is asked for.

    Here its state is what its processes do.
    """
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 10**9})
    EC2ContainerServiceBackend.stop_task = _ask_to_stop  # type: ignore[method-assign, assignment]


def _ask_to_stop(ecs: EC2ContainerServiceBackend, cluster_str: str, task_str: str, reason: str) -> TaskState:
    before = {
        task.task_arn: task.last_status for task in ecs.tasks.get(cluster_str.split("/")[-1], {}).values()
    }
    task = _stop_task(ecs, cluster_str, task_str, reason)
    task.last_status = before.get(task.task_arn, task.last_status)
    return task


def begin(ecs: EC2ContainerServiceBackend, state: TaskState) -> None:
    """The task is taken on: every container is there, none has run."""
    definitions = ecs.describe_task_definition(state.task_definition_arn).container_definitions
    state.last_status = "PENDING"
    state.containers = [copy(state.containers[0]) for _ in definitions]  # moto has the first one only
    for container, definition in zip(state.containers, definitions, strict=True):
        container.name = definition["name"]
        container.image = definition.get("image")
        container.task_arn = state.task_arn
        _set_exit_code(container, None)


def report(state: TaskState, task: Task) -> None:
    """Write down how far *task* is."""
    for container in state.containers:
        if container.name in task.exit_codes:
            code = task.exit_codes[container.name]
            _set_exit_code(container, code)
            container.last_status = "RUNNING" if code is None else "STOPPED"
    if task.is_over:
        state.last_status = state.desired_status = "STOPPED"
        state.stopped_reason = task.stop_reason
    elif task.stop_reason:
        state.last_status, state.desired_status = "STOPPING", "STOPPED"
    elif task.is_running:
        state.last_status = "RUNNING"


def _set_exit_code(container: ContainerState, code: int | None) -> None:
    container.exitCode = code  # type: ignore[assignment]  # moto says 0 of what has not ended; ECS says nothing


def count(service: ServiceState, definition: str, running: int, pending: int) -> None:
    """Write down how many tasks *service* has, as DescribeServices and the waiter on it read it."""
    service.running_count, service.pending_count = running, pending
    for deployment in service.deployments[:1]:
        deployment.update(
            taskDefinition=definition,
            desiredCount=service.desired_count,
            runningCount=running,
            pendingCount=pending,
            rolloutState="COMPLETED" if running == service.desired_count else "IN_PROGRESS",
        )


def forget_oldest(ecs: EC2ContainerServiceBackend) -> None:
    """Let go of stopped tasks beyond the number that is kept."""
    for tasks in list(ecs.tasks.values()):
        stopped = [arn for arn, state in list(tasks.items()) if state.last_status == "STOPPED"]
        for arn in stopped[:-STOPPED_KEPT]:
            del tasks[arn]
