"""How many tasks each service shall have, and when the next one may start."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from moto.core.exceptions import ServiceException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.models import Service as ServiceState
from werkzeug.exceptions import HTTPException

from local.runner import state
from local.runner.backoff import Backoff
from local.runner.status import ServiceStatus
from local.runner.task import Task

GROUP = "service:"
"""What the group of a service's task starts with, on ECS too; its name follows."""


@dataclass(slots=True)
class ServiceRun:
    """One service: its tasks that are not over, and what happened to those before."""

    declared: ServiceState
    asked_for: str = ""
    definition: str = ""
    tasks: list[tuple[str, Task]] = field(default_factory=list)
    backoff: Backoff = field(default_factory=Backoff)
    restarts: int = 0
    last_end: str = ""
    last_words: str = ""

    @property
    def desired(self) -> int:
        """How many tasks it shall have now."""
        return self.declared.desired_count if self.declared.status == "ACTIVE" else 0

    def schedule(self, ecs: EC2ContainerServiceBackend) -> None:
        """Stop or start one task if their number or revision is not what is asked for."""
        try:
            self._reconcile(ecs)
        except (ServiceException, HTTPException) as error:  # moto raises the one or the other
            self._failed(0, str(error), "")

    def _reconcile(self, ecs: EC2ContainerServiceBackend) -> None:
        """Move one step towards what is asked for.

        A new revision replaces tasks one by one, the old ended before the new begins: two tasks of a service
        cannot listen on one port of one machine.
        """
        if self.declared.task_definition != self.asked_for:
            self.asked_for = self.declared.task_definition or ""
            self.definition = ecs.describe_task_definition(self.asked_for).arn
            self.backoff.forget()
        for _, task in self.tasks:
            if task.is_unhealthy:
                task.stop("Task failed container health checks")
        live = [(arn, task) for arn, task in self.tasks if not task.stop_reason]
        outdated = [task for arn, task in live if arn != self.definition]
        newer_run = all(task.is_running for arn, task in self.tasks if arn == self.definition)
        if len(live) > self.desired:
            live[-1][1].stop("Scaled in", on_request=True)
        elif len(self.tasks) < self.desired:
            self._launch(ecs)
        elif outdated and newer_run and len(live) == len(self.tasks):
            outdated[0].stop("Replaced by a new revision of the task definition", on_request=True)

    def ended(self, task: Task, ran_for: float, last_words: str) -> None:
        """A task of the service is over. One that was not asked to end counts against it."""
        self.tasks = [(arn, other) for arn, other in self.tasks if other is not task]
        if task.ended_by_itself:
            self._failed(ran_for, task.stop_reason, last_words)

    def _failed(self, ran_for: float, reason: str, last_words: str) -> None:
        self.restarts += 1
        self.backoff.ended(time.monotonic(), ran_for)
        self.last_end, self.last_words = reason, last_words

    @property
    def running(self) -> int:
        """How many of its tasks run, and are of the revision that is asked for."""
        return sum(task.is_running for arn, task in self.tasks if arn == self.definition)

    def count(self) -> None:
        """Tell ECS how many there are."""
        state.count(self.declared, self.definition, self.running, self.desired - self.running)

    def status(self) -> ServiceStatus:
        """Its status, for a person."""
        return ServiceStatus(
            name=short_name(self.declared.cluster_name, self.declared.name),
            desired=self.desired,
            running=self.running,
            restarts=self.restarts,
            ends_in_a_row=self.backoff.ends_in_a_row,
            next_start=self.backoff.wait(time.monotonic()) if len(self.tasks) < self.desired else 0,
            last_end=self.last_end,
            last_words=self.last_words,
        )

    def _launch(self, ecs: EC2ContainerServiceBackend) -> None:
        if self.backoff.wait(time.monotonic()):
            return
        ecs.run_task(
            self.declared.cluster_name,
            self.definition,
            1,
            None,
            str(self.declared.deployments[0]["id"]),
            None,
            "FARGATE",
            networking_configuration=self.declared.network_configuration,
            group=GROUP + self.declared.name,
        )


def short_name(cluster: str, name: str) -> str:
    """The name of a service or family as people and log files call it: without the cluster's."""
    return name.removeprefix(f"{cluster}-")
