"""The runner: takes on every task that ECS has, carries it out, and tells ECS what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from moto.ecs.models import Task as TaskState
from pydantic import ValidationError

from local.cloud import Cloud
from local.runner import state
from local.runner.definition import Container, Definition
from local.runner.logs import Logs
from local.runner.platform import Platform, Prepare
from local.runner.program import Launcher, Program, Start, StartError
from local.runner.services import GROUP, ServiceRun, short_name
from local.runner.status import Look, ServiceStatus
from local.runner.task import Task


@dataclass(slots=True)
class Run:
    """A task as ECS has it, and its programs."""

    declared: TaskState
    task: Task
    start: Start
    began: float = field(default_factory=time.monotonic)


class Runner:
    """Carries out what *cloud*'s ECS is asked for. One thread calls `step` again and again.

    *launcher* starts what a task consists of.
    """

    def __init__(self, cloud: Cloud, launcher: Launcher, logs: Logs) -> None:
        self._ecs = cloud.ecs
        self._platform = Platform(cloud)
        self._launcher = launcher
        self._logs = logs
        self._runs: dict[str, Run] = {}
        self._services: dict[str, ServiceRun] = {}
        state.stop_moto_stepping()

    @property
    def pids(self) -> list[int]:
        """Every process that runs for a task."""
        return [pid for run in self._runs.values() for pid in run.task.pids]

    def look(self) -> Look:
        """Move everything on, and see how it is then."""
        began = time.time()
        self.step()
        return Look(began, tuple(self.status()))

    def status(self) -> list[ServiceStatus]:
        """Every service that is asked for, by name."""
        statuses = (
            service.status() for service in self._services.values() if service.declared.status == "ACTIVE"
        )
        return sorted(statuses, key=lambda status: status.name)

    def step(self) -> None:
        """Look once at everything, and move it on."""
        self._take_on_services()
        self._take_on_tasks()
        for run in list(self._runs.values()):
            if run.declared.desired_status == "STOPPED":
                run.task.stop(run.declared.stopped_reason or "Task stopped by user", on_request=True)
            self._move_on(run)
        for service in self._services.values():
            service.schedule(self._ecs)
            service.count()
        state.forget_oldest(self._ecs)

    def stop(self) -> None:
        """End every task and wait for it, each for as long as its stop time-out allows."""
        for run in self._runs.values():
            run.task.stop("The region is going down", on_request=True)
        while self._runs:
            for run in list(self._runs.values()):
                self._move_on(run)
            time.sleep(0.02)

    def _take_on_services(self) -> None:
        for name, declared in list(self._ecs.services.items()):
            known = self._services.get(name)
            if known is None or known.declared is not declared:
                self._services[name] = ServiceRun(declared, tasks=known.tasks if known else [])

    def _take_on_tasks(self) -> None:
        for tasks in list(self._ecs.tasks.values()):
            for declared in list(tasks.values()):
                if declared.id not in self._runs and declared.last_status != "STOPPED":
                    self._runs[declared.id] = self._take_on(declared)

    def _take_on(self, declared: TaskState) -> Run:
        state.begin(self._ecs, declared)
        registered = self._ecs.describe_task_definition(declared.task_definition_arn)
        service = self._service_of(declared)
        name = short_name(declared.cluster_name, registered.family)
        log_name = name if service else f"{name}-task-{declared.id[:8]}"
        try:
            definition = Definition.read(registered, declared.overrides)
        except ValidationError as error:
            task = Task(declared.id, log_name, ())
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"]))
            task.stop(f"The runner cannot carry out {registered.arn}: {where}: {fault['msg']}")
            run = Run(declared, task, _nothing_to_start)
        else:
            task = Task(declared.id, log_name, definition.containers)
            # A service's lines are in its file; whoever runs a task once follows it as on AWS.
            complain = None if service else self._warning_in(log_name)
            prepare = self._platform.preparing(definition, declared.id, complain)
            run = Run(declared, task, self._starting(task, prepare))
        if service:
            service.tasks.append((registered.arn, task))
        return run

    def _warning_in(self, log_name: str) -> Callable[[str], None]:
        return lambda words: self._logs.event(log_name, level="warning", event=words)

    def _starting(self, task: Task, prepare: Prepare) -> Start:
        return lambda container: self._launcher.launch(task.id, task.log_name, container, prepare(container))

    def _move_on(self, run: Run) -> None:
        run.task.step(run.start)
        state.report(run.declared, run.task)
        if run.task.is_over:
            self._platform.forget(run.task.id)
            self._logs.event(run.task.log_name, level="info", event="task ended", reason=run.task.stop_reason)
            service = self._service_of(run.declared)
            if service:
                service.ended(run.task, time.monotonic() - run.began, self._logs.last_words(run.task.id))
            del self._runs[run.task.id]

    def _service_of(self, declared: TaskState) -> ServiceRun | None:
        if not declared.group.startswith(GROUP):
            return None
        return self._services.get(f"{declared.cluster_name}:{declared.group.removeprefix(GROUP)}")


def _nothing_to_start(container: Container) -> Program:
    raise StartError(f"{container.name} is of a definition that could not be read")
