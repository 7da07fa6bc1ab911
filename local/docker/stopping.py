"""Stopping services through ECS's own API, and seeing how each of their tasks ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import boto3

from local.region.record import RegionRecord
from local.runner.services import GROUP
from local.setup.errors import CommandError, Exit

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import TaskTypeDef

PATIENCE = 130.0
"""Seconds: longer than the stop time-out, so that what is killed is seen to be."""


class Stopping:
    """The running tasks of *services*, while they are stopped."""

    def __init__(self, record: RegionRecord, services: Sequence[str]) -> None:
        self._ecs = _client(record)
        self._cluster = self._ecs.list_clusters()["clusterArns"][0]
        prefix = self._cluster.rpartition("/")[2]
        self._services = {f"{prefix}-{name}": name for name in services}
        self._tasks: dict[str, str] = {}
        self._seconds: dict[str, float] = {}
        self._began = 0.0

    @property
    def has_begun(self) -> bool:
        """Whether they were asked to stop."""
        return bool(self._began)

    def restart(self) -> None:
        """Stop every task of the services; the services start others."""
        self._begin()
        for task in self._tasks:
            self._ecs.stop_task(cluster=self._cluster, task=task, reason="To see it end at its work")

    def scale_in(self) -> None:
        """Ask for no task of the services any more."""
        self._begin()
        for service in self._services:
            self._ecs.update_service(cluster=self._cluster, service=service, desiredCount=0)

    def look(self) -> bool:
        """Whether all have ended. Raises CommandError for one whose status is not 0."""
        for task in self._described(list(self._tasks)):
            if task["lastStatus"] == "STOPPED" and task["taskArn"] not in self._seconds:
                self._seconds[task["taskArn"]] = round(time.monotonic() - self._began, 1)
                codes = {one["name"]: one.get("exitCode") for one in task["containers"]}
                if any(codes.values()):
                    name = self._tasks[task["taskArn"]]
                    raise CommandError(f"{name} did not end with status 0: {codes}", Exit.SERVICE)
        return len(self._seconds) == len(self._tasks)

    def finish(self) -> dict[str, float]:
        """Wait until all have ended; the seconds it took each service. Raises CommandError."""
        while not self.look():
            if time.monotonic() - self._began > PATIENCE:
                late = {name for task, name in self._tasks.items() if task not in self._seconds}
                raise CommandError(f"Not ended within their stop time-out: {', '.join(late)}", Exit.SERVICE)
            time.sleep(0.1)
        return {self._tasks[task]: seconds for task, seconds in self._seconds.items()}

    def _begin(self) -> None:
        everything = self._ecs.list_tasks(cluster=self._cluster)["taskArns"]
        for task in self._described(everything):
            service = self._services.get(task.get("group", "").removeprefix(GROUP))
            if service and task["lastStatus"] == "RUNNING":
                self._tasks[task["taskArn"]] = service
        self._began = time.monotonic()

    def _described(self, tasks: list[str]) -> list[TaskTypeDef]:
        return self._ecs.describe_tasks(cluster=self._cluster, tasks=tasks)["tasks"] if tasks else []


def _client(record: RegionRecord) -> ECSClient:
    client: ECSClient = boto3.client(
        "ecs",
        endpoint_url=record.endpoint,
        region_name=record.region,
        aws_access_key_id=record.operator.access_key,
        aws_secret_access_key=record.operator.secret_key,
    )
    return client
