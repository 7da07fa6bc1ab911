"""The runner does for the services and tasks of a region what ECS does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.moto_api._internal.models import moto_api_backend

from local.cloud import Cloud, CloudPorts
from local.processes import free_port
from local.runner.processes import ProcessProgram
from tests.local.ecs import CLUSTER, RunEcs, python, small_cloud

SLEEP = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(0)); print('up'); time.sleep(600)"


@pytest.fixture
def ecs(tmp_path: Path) -> Iterator[RunEcs]:
    """An empty ECS and its runner."""
    cloud = Cloud(CloudPorts(free_port(), free_port(), free_port()))
    small = small_cloud(cloud, tmp_path)
    yield small
    small.runner.stop()
    cloud.stop()
    moto_api_backend.reset()


def test_a_service_has_as_many_tasks_as_it_asks_for(ecs: RunEcs) -> None:
    ecs.serve("api", ecs.define("api", {"name": "api", "command": python(SLEEP)}), count=2)
    ecs.until(lambda: ecs.said("api") == ["up", "up"])
    ecs.api.get_waiter("services_stable").wait(cluster=CLUSTER, services=[f"{CLUSTER}-api"])
    ecs.api.update_service(cluster=CLUSTER, service=f"{CLUSTER}-api", desiredCount=1)
    ecs.until(lambda: len(ecs.runner.pids) == 1)
    ecs.api.delete_service(cluster=CLUSTER, service=f"{CLUSTER}-api", force=True)
    ecs.until(lambda: not ecs.runner.pids)
    assert ecs.runner.status() == []


def test_a_program_gets_its_definition_and_nothing_of_ours(
    ecs: RunEcs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "no")
    show = "import json, os; print(json.dumps({'event': 'env', **os.environ, 'cwd': os.getcwd()}))"
    role = ecs.role("worker-task")
    command = {
        "name": "worker",
        "command": python(show),
        "environment": [{"name": "STACK", "value": "local"}],
    }
    arn = ecs.run(ecs.define("worker", command, taskRoleArn=role))
    ecs.until(lambda: ecs.task(arn)["lastStatus"] == "STOPPED")
    [log] = (ecs.directory / "logs").iterdir()
    seen = json.loads(log.read_text().splitlines()[0])
    assert seen["STACK"] == "local"
    assert seen["cwd"] == str(ecs.directory)
    assert set(seen) - {"event", "cwd", "LC_CTYPE"} == {
        "STACK",
        "PATH",
        "AWS_ENDPOINT_URL",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    }


def test_a_program_acts_as_its_task_role_and_only_as_that(ecs: RunEcs) -> None:
    ecs.client("sqs").create_queue(QueueName="mine")
    queue = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": "arn:aws:sqs:us-east-1:123456789012:mine",
    }
    program = """
import boto3, botocore.exceptions
sqs = boto3.client("sqs", region_name="us-east-1")
sent = sqs.send_message(QueueUrl=f"{sqs.meta.endpoint_url}/123456789012/mine", MessageBody="hello")
print("sent", boto3.client("sts", region_name="us-east-1").get_caller_identity()["Arn"].split("/")[1])
try:
    sqs.receive_message(QueueUrl=f"{sqs.meta.endpoint_url}/123456789012/mine")
except botocore.exceptions.ClientError as error:
    print(error.response["ResponseMetadata"]["HTTPStatusCode"])
"""
    definition = ecs.define(
        "worker", {"name": "worker", "command": python(program)}, taskRoleArn=ecs.role("worker-task", queue)
    )
    arn = ecs.run(definition)
    ecs.until(lambda: ecs.task(arn)["lastStatus"] == "STOPPED")
    said = "\n".join(ecs.said(f"worker-task-{arn.split('/')[-1][:8]}"))
    assert said == "sent worker-task\n403"


def test_secrets_come_by_the_execution_role(ecs: RunEcs) -> None:
    text = json.dumps({"username": "api", "password": "hunter2"})
    secret = ecs.secrets.create_secret(Name="database", SecretString=text)["ARN"]
    whole = ecs.secrets.create_secret(Name="session", SecretString="sesame")["ARN"]
    may = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": [secret, whole]}
    container = {
        "name": "api",
        "command": python("import os; print(os.environ['DATABASE_PASSWORD'], os.environ['SESSION_KEY'])"),
        "secrets": [
            {"name": "DATABASE_PASSWORD", "valueFrom": f"{secret}:password::"},
            {"name": "SESSION_KEY", "valueFrom": whole},
        ],
    }
    arn = ecs.run(ecs.define("api", container, executionRoleArn=ecs.role("api-execution", may)))
    ecs.until(lambda: ecs.task(arn)["lastStatus"] == "STOPPED")
    assert ecs.said(f"api-task-{arn.split('/')[-1][:8]}") == ["hunter2 sesame"]


@pytest.mark.parametrize(
    ("value_from", "granted", "words"),
    [
        ("{secret}:password::", False, "AccessDenied"),
        ("{secret}:pass::", True, "has no JSON key 'pass'"),
        ("{secret}x", True, "cannot start"),
        ("/a/parameter", True, "is not the ARN of a secret"),
    ],
)
def test_a_secret_that_cannot_be_had_says_which_and_why(
    ecs: RunEcs, value_from: str, granted: bool, words: str
) -> None:
    secret = ecs.secrets.create_secret(Name="database", SecretString='{"password": "hunter2"}')["ARN"]
    may = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    role = ecs.role("api-execution", *([may] if granted else []))
    value_from = value_from.format(secret=secret)
    container = {"name": "api", "command": ["true"], "secrets": [{"name": "X", "valueFrom": value_from}]}
    arn = ecs.run(ecs.define("api", container, executionRoleArn=role))
    ecs.until(lambda: ecs.task(arn)["lastStatus"] == "STOPPED")
    assert words in ecs.task(arn)["stoppedReason"]


@pytest.mark.parametrize(
    ("container", "roles", "words"),
    [
        ({"command": ["no-such-program"]}, {}, "no-such-program: No such file or directory"),
        ({}, {}, "cannot carry out"),
        ({"command": ["true"], "secrets": [{"name": "X", "valueFrom": "y"}]}, {}, "no execution role"),
        ({"command": ["true"]}, {"taskRoleArn": "arn:aws:iam::123456789012:role/none"}, "There is no role"),
    ],
)
def test_a_task_that_cannot_start_says_why(
    ecs: RunEcs, container: dict[str, object], roles: dict[str, str], words: str
) -> None:
    arn = ecs.run(ecs.define("worker", {"name": "worker", **container}, **roles))
    ecs.until(lambda: ecs.task(arn)["lastStatus"] == "STOPPED")
    assert words in ecs.task(arn)["stoppedReason"]


def test_the_init_container_ends_well_before_the_essential_one_starts(ecs: RunEcs) -> None:
    definition = ecs.define(
        "api",
        {"name": "migrate", "command": ["sh", "-c", "sleep 0.3; echo migrated"], "essential": False},
        {
            "name": "api",
            "command": python(SLEEP),
            "dependsOn": [{"containerName": "migrate", "condition": "SUCCESS"}],
        },
    )
    ecs.serve("api", definition)
    ecs.until(lambda: ecs.said("api") == ["migrated", "up"])


def test_a_failed_init_container_stops_its_task_and_is_shown(ecs: RunEcs) -> None:
    definition = ecs.define(
        "api",
        {"name": "migrate", "command": ["sh", "-c", "echo no database; exit 4"], "essential": False},
        {
            "name": "api",
            "command": python(SLEEP),
            "dependsOn": [{"containerName": "migrate", "condition": "SUCCESS"}],
        },
    )
    ecs.serve("api", definition)
    ecs.until(lambda: ecs.runner.status()[0].restarts)
    [status] = ecs.runner.status()
    assert status.last_end == "migrate ended with exit code 4, and others wait for its success"
    assert (status.last_words, status.running) == ("no database", 0)


def test_a_service_that_dies_is_restarted_later_and_later(ecs: RunEcs) -> None:
    ecs.serve(
        "worker", ecs.define("worker", {"name": "worker", "command": ["sh", "-c", "echo oh no; exit 3"]})
    )
    waits: list[float] = []
    for restarts in (1, 2, 3):
        ecs.until(lambda wanted=restarts: ecs.runner.status()[0].restarts == wanted)  # type: ignore[misc]
        waits.append(ecs.runner.status()[0].next_start)
    assert [round(wait) for wait in waits] == [1, 2, 4]
    [status] = ecs.runner.status()
    assert status.last_end == "Essential container in task exited: worker ended with exit code 3"
    assert status.last_words == "oh no"


def test_a_killed_program_is_started_again(ecs: RunEcs) -> None:
    ecs.serve("worker", ecs.define("worker", {"name": "worker", "command": python(SLEEP)}))
    ecs.until(lambda: ecs.said("worker") == ["up"])
    [pid] = ecs.runner.pids
    os.kill(pid, 9)
    ecs.until(lambda: ecs.said("worker") == ["up", "up"])
    assert "exit code 137" in ecs.runner.status()[0].last_end


def test_a_program_whose_health_check_fails_is_replaced(
    ecs: RunEcs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ill = tmp_path / "ill"
    monkeypatch.setattr(ProcessProgram, "is_unhealthy", property(lambda _: ill.exists()))
    ecs.serve("worker", ecs.define("worker", {"name": "worker", "command": python(SLEEP)}))
    ecs.until(lambda: ecs.said("worker") == ["up"])
    ill.touch()
    ecs.until(lambda: ecs.runner.status()[0].restarts == 1)
    ill.unlink()
    ecs.until(lambda: ecs.said("worker") == ["up", "up"])
    assert ecs.runner.status()[0].last_end == "Task failed container health checks"


def test_a_new_revision_replaces_the_tasks_one_by_one(ecs: RunEcs) -> None:
    ecs.serve("api", ecs.define("api", {"name": "api", "command": python(SLEEP)}), count=2)
    ecs.until(lambda: ecs.said("api") == ["up", "up"])
    newer = ecs.define("api", {"name": "api", "command": python(SLEEP.replace("up", "newer"))})
    ecs.api.update_service(cluster=CLUSTER, service=f"{CLUSTER}-api", taskDefinition=newer)
    fewest = 2

    def replaced() -> bool:
        nonlocal fewest
        fewest = min(fewest, len(ecs.runner.pids))
        return ecs.said("api") == ["up", "up", "newer", "newer"]

    ecs.until(replaced)
    assert fewest == 1
    assert ecs.runner.status()[0].restarts == 0


def test_a_task_run_once_tells_its_exit_code_to_the_waiter(ecs: RunEcs) -> None:
    definition = ecs.define("api", {"name": "api", "command": ["sh", "-c", "exit 1"]})
    override = {
        "name": "api",
        "command": ["sh", "-c", "exit $CODE"],
        "environment": [{"name": "CODE", "value": "7"}],
    }
    arn = ecs.run(definition, overrides={"containerOverrides": [override]})
    assert "exitCode" not in ecs.task(arn)["containers"][0] or ecs.task(arn)["lastStatus"] != "STOPPED"
    ecs.until(lambda: ecs.task(arn)["lastStatus"] == "STOPPED")
    ecs.api.get_waiter("tasks_stopped").wait(cluster=CLUSTER, tasks=[arn])
    assert ecs.task(arn)["containers"][0]["exitCode"] == 7


def test_a_stopped_task_gets_its_time_and_then_is_killed_with_its_children(ecs: RunEcs) -> None:
    stubborn = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen(["sleep", "600"]).pid)
time.sleep(600)
"""
    arn = ecs.run(ecs.define("worker", {"name": "worker", "command": python(stubborn), "stopTimeout": 1}))
    log = f"worker-task-{arn.split('/')[-1][:8]}"
    ecs.until(lambda: ecs.said(log))
    child = int(ecs.said(log)[0])
    ecs.api.stop_task(cluster=CLUSTER, task=arn, reason="enough")
    ecs.runner.step()
    assert ecs.task(arn)["lastStatus"] == "STOPPING"
    ecs.until(lambda: ecs.task(arn)["lastStatus"] == "STOPPED")
    assert ecs.task(arn)["stoppedReason"] == "enough"
    assert ecs.task(arn)["containers"][0]["exitCode"] == 137
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text()


def test_every_line_of_a_log_is_one_json_event(ecs: RunEcs) -> None:
    program = """
import json, sys
print(json.dumps({"event": "ready", "level": "info", "port": 8000}))
print("{broken")
print(json.dumps({"event": "failed", "error": "no route"}))
raise ValueError("at last")
"""
    ecs.serve("api", ecs.define("api", {"name": "api", "command": python(program)}))
    ecs.until(lambda: ecs.runner.status()[0].restarts == 1)
    events = ecs.events("api")
    assert [event["event"].splitlines()[0] for event in events] == [
        "ready",
        "{broken",
        "failed",
        "Traceback (most recent call last):",
        "task ended",
    ]
    assert ecs.runner.status()[0].last_words == "ValueError: at last"


def test_a_service_that_ecs_refuses_to_run_says_why(ecs: RunEcs) -> None:
    definition = ecs.define("api", {"name": "api", "command": ["true"]})
    ecs.api.create_service(
        cluster=CLUSTER,
        serviceName=f"{CLUSTER}-api",
        taskDefinition=definition,
        desiredCount=1,
        launchType="FARGATE",
    )
    ecs.until(lambda: ecs.runner.status()[0].restarts)
    [status] = ecs.runner.status()
    assert "Network Configuration must be provided" in status.last_end
    assert 0 < status.next_start <= 1
