"""What the tests of delivery share: a laptop region's ECS whose runner goes on by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result
from moto.moto_api._internal.models import moto_api_backend

from delivery import cli
from local.cloud import Cloud, CloudPorts
from local.processes import free_port
from tests.local.ecs import CLUSTER, RunEcs, small_cloud

LOGS = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"]}
GROUP = f"/{CLUSTER}/tasks"


@dataclass
class Home:
    """A region as far as a task needs one: ECS, its runner, and what a program would have put out."""

    ecs: RunEcs
    directory: Path

    def declare(self, name: str, command: list[str], **more: Any) -> None:
        """A task of the stack, with a log and a role that may write it."""
        group = f"{GROUP}/{name}"
        self.ecs.client("logs").create_log_group(logGroupName=group)
        arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*"
        options = {"awslogs-group": group, "awslogs-region": "us-east-1", "awslogs-stream-prefix": "task"}
        container = {
            "name": name,
            "command": command,
            "logConfiguration": {"logDriver": "awslogs", "options": options},
            **more,
        }
        role = self.ecs.role(f"{name}-execution", {**LOGS, "Resource": arn})
        self._put_out(name, self.ecs.define(name, container, executionRoleArn=role))

    def _put_out(self, name: str, definition: str) -> None:
        network = self.ecs.network["awsvpcConfiguration"]
        file = self.directory / "engine" / "outputs.json"
        tasks = json.loads(file.read_text())["tasks"] if file.exists() else {}
        tasks[name] = {
            "taskDefinition": definition,
            "subnets": network["subnets"],
            "securityGroups": network["securityGroups"],
            "capacityProvider": "FARGATE_SPOT",
        }
        cluster = f"arn:aws:ecs:us-east-1:123456789012:cluster/{CLUSTER}"
        outputs = {"site": "http://127.0.0.1:1", "assets": "http://127.0.0.1:2", "cluster": cluster}
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({**outputs, "tasks": tasks}))

    def run(self, *arguments: str) -> Result:
        """`delivery run-task` for the stack at home."""
        return delivery("run-task", "--stack", "local", "--region", str(self.directory), *arguments)


def delivery(*arguments: str) -> Result:
    """`delivery` with *arguments*."""
    return CliRunner().invoke(cli.main, arguments, catch_exceptions=False)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A region with nothing declared."""
    cloud = Cloud(CloudPorts(free_port(), free_port(), free_port()))
    ecs = small_cloud(cloud, tmp_path)
    ending = Event()

    def go_on() -> None:
        while not ending.wait(0.05):
            ecs.runner.step()

    runner = Thread(target=go_on, daemon=True)
    runner.start()
    operator = {"access_key": ecs.operator.access_key, "secret_key": ecs.operator.secret_key}
    (tmp_path / "region.json").write_text(json.dumps({"endpoint": cloud.endpoint, "operator": operator}))
    yield Home(ecs, tmp_path)
    ending.set()
    runner.join()
    ecs.runner.stop()
    cloud.stop()
    moto_api_backend.reset()
