"""Container definitions as AWS reads them back, so that nothing but a change makes a new revision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STOP_SECONDS = 120  # what Fargate grants at most between SIGTERM and SIGKILL
SCRATCH = "scratch"  # the volume behind /tmp, all that a task may write

# Not root, in no group of the host; the images make this user.
_USER = "10001:10001"

# What AWS adds to a definition that leaves it out.
_DEFAULTS: Mapping[str, Any] = {
    "environment": [],
    "essential": True,
    "mountPoints": [],
    "portMappings": [],
    "systemControls": [],
    "volumesFrom": [],
}
_NAMED = ("environment", "secrets")


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """One container of a task: what runs in it, with what, and how much of the task is its own."""

    name: str
    image: str
    command: Sequence[str]
    cpu: int
    memory: int  # MiB
    environment: Mapping[str, str]
    secrets: Mapping[str, str]  # to the ARN the value is read from
    log_group: str
    region: str
    port: int | None = None
    health: Sequence[str] = ()  # the command that fails when the container should be replaced
    essential: bool = True  # its end is the task's end
    after: Sequence[str] = ()  # containers that must have succeeded before

    def definition(self) -> dict[str, Any]:
        """The container in ECS's words."""
        return {
            "name": self.name,
            "image": self.image,
            "command": list(self.command),
            "cpu": self.cpu,
            "memory": self.memory,
            "essential": self.essential,
            "environment": [{"name": name, "value": value} for name, value in self.environment.items()],
            "secrets": [{"name": name, "valueFrom": arn} for name, arn in self.secrets.items()],
            "portMappings": [{"containerPort": self.port, "hostPort": self.port, "protocol": "tcp"}]
            if self.port
            else [],
            "healthCheck": _health_check(self.health) if self.health else None,
            "dependsOn": [{"containerName": name, "condition": "SUCCESS"} for name in self.after],
            "user": _USER,
            "readonlyRootFilesystem": True,
            "mountPoints": [{"sourceVolume": SCRATCH, "containerPath": "/tmp", "readOnly": False}],  # noqa: S108 - in the container
            "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True},
            "stopTimeout": STOP_SECONDS,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": self.log_group,
                    "awslogs-region": self.region,
                    "awslogs-stream-prefix": "task",
                    # A log that cannot be written must not stop a worker.
                    "mode": "non-blocking",
                    "max-buffer-size": "25m",
                },
            },
        }


def _health_check(command: Sequence[str]) -> dict[str, Any]:
    """Three failures in a row, half a minute apart; a minute to start is granted."""
    return {
        "command": ["CMD", *command],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
        "startPeriod": 60,
    }


def canonical(definitions: Iterable[Mapping[str, Any]]) -> str:
    """The definitions as JSON: in the order of their names, AWS's defaults filled in, nothing else empty."""
    return json.dumps(
        sorted((_completed(each) for each in definitions), key=lambda each: str(each["name"])),
        sort_keys=True,
        separators=(",", ":"),
    )


def _completed(definition: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in definition.items() if value not in (None, [], {})}
    ordered = {key: sorted(said[key], key=lambda each: str(each["name"])) for key in _NAMED if key in said}
    return {**_DEFAULTS, **said, **ordered}
