"""A task run once: what `aws ecs run-task` does, waited for, with its output."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from local.region.record import RegionRecord
from local.setup.errors import CommandError

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

SECONDS_BETWEEN_LOOKS = 1
LOOKS = 600


@dataclass(frozen=True, slots=True)
class Finished:
    """A task that has ended: the exit code of its essential container, why it ended, the lines it wrote."""

    exit_code: int | None
    reason: str
    lines: tuple[str, ...]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines, read."""
        return [json.loads(line) for line in self.lines]


def run_task(directory: Path, record: RegionRecord, service: str, command: Sequence[str]) -> Finished:
    """Run *command* once, in the essential container of *service*'s task definition, and wait for its end.

    Raises CommandError when there is no such service.
    """
    ecs = _client(record)
    cluster, declared = _find(ecs, service)
    definition = ecs.describe_task_definition(taskDefinition=declared["taskDefinition"])["taskDefinition"]
    essential = next(one["name"] for one in definition["containerDefinitions"] if one.get("essential", True))
    started = ecs.run_task(
        cluster=cluster,
        taskDefinition=declared["taskDefinition"],
        launchType="FARGATE",
        networkConfiguration=declared["networkConfiguration"],
        overrides={"containerOverrides": [{"name": essential, "command": list(command)}]},
    )["tasks"][0]["taskArn"]
    ecs.get_waiter("tasks_stopped").wait(
        cluster=cluster, tasks=[started], WaiterConfig={"Delay": SECONDS_BETWEEN_LOOKS, "MaxAttempts": LOOKS}
    )
    ended = ecs.describe_tasks(cluster=cluster, tasks=[started])["tasks"][0]
    codes = {container["name"]: container.get("exitCode") for container in ended["containers"]}
    log = directory / "logs" / f"{service}-task-{started.rpartition('/')[2][:8]}.jsonl"
    lines = log.read_text().splitlines() if log.exists() else []
    return Finished(codes[essential], ended.get("stoppedReason", ""), tuple(lines))


def _client(record: RegionRecord) -> ECSClient:
    client: ECSClient = boto3.client(
        "ecs",
        endpoint_url=record.endpoint,
        region_name=record.region,
        aws_access_key_id=record.operator.access_key,
        aws_secret_access_key=record.operator.secret_key,
    )
    return client


def _find(ecs: ECSClient, service: str) -> tuple[str, Any]:
    """The cluster that runs *service*, and the service as it is declared."""
    names: list[str] = []
    for cluster in ecs.list_clusters()["clusterArns"]:
        prefix = cluster.rpartition("/")[2]
        for arn in ecs.list_services(cluster=cluster)["serviceArns"]:
            names.append(arn.rpartition("/")[2].removeprefix(f"{prefix}-"))
            if names[-1] == service:
                return cluster, ecs.describe_services(cluster=cluster, services=[arn])["services"][0]
    raise CommandError(f"No service is called {service}. There are: {', '.join(names) or 'none yet'}.")
