"""A task is run by what its stack puts out, followed, and told apart from one that failed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from delivery.tasks import reasons
from tests.delivery.conftest import GROUP, Home, delivery
from tests.local.ecs import CLUSTER, python

TREE = Path(__file__).resolve().parents[2]
SAY = "import sys; print('did', *sys.argv[1:])"


def test_a_task_is_run_with_its_command_and_the_arguments_after_it(home: Home) -> None:
    home.declare("converter", python(SAY))
    ran = home.run("converter", "--", "--prefix", "contributor")
    assert ran.exit_code == 0
    assert "converter  did --prefix contributor" in ran.output


def test_shards_share_the_work_and_the_worst_of_their_ends_is_told(home: Home) -> None:
    home.declare("converter", python("import sys; print('did', sys.argv[-1]); sys.exit('2/3' in sys.argv)"))
    ran = home.run("converter", "--shards", "3")
    assert ran.exit_code == 1
    for number in (1, 2, 3):
        assert f"converter {number}/3  did {number}/3" in ran.output
    assert "converter 2/3 ended with exit code 1." in ran.output
    tasks = home.ecs.api.list_tasks(cluster=CLUSTER, desiredStatus="STOPPED")["taskArns"]
    described = home.ecs.api.describe_tasks(cluster=CLUSTER, tasks=tasks)["tasks"]
    assert [task["capacityProviderName"] for task in described] == ["FARGATE_SPOT"] * 3
    assert {task["startedBy"] for task in described} == {"delivery"}


def test_lines_come_from_cloudwatch_logs_where_the_execution_role_wrote_them(home: Home) -> None:
    event = {"event": "converted", "level": "info", "done": 1, "total": 2}
    home.declare("converter", python(f"print({json.dumps(event)!r}); print('and a loose line')"))
    assert "converter  converted  done=1  total=2" in home.run("converter").output
    logs = home.ecs.client("logs")
    [stream] = logs.describe_log_streams(logGroupName=f"{GROUP}/converter")["logStreams"]
    kept = logs.get_log_events(
        logGroupName=f"{GROUP}/converter", logStreamName=stream["logStreamName"], startFromHead=True
    )
    assert [one["message"] for one in kept["events"]] == [json.dumps(event), "and a loose line"]


def test_a_service_runs_a_command_once_in_its_own_definition(home: Home) -> None:
    home.declare("migrate", python(SAY))
    home.ecs.serve("api", home.ecs.define("api", {"name": "api", "command": python(SAY)}), count=0)
    assert home.run("api", "--command", "sh -c 'exit 3'").exit_code == 3


def test_what_is_not_there_is_named_with_what_is(home: Home) -> None:
    home.declare("migrate", python(SAY))
    ran = home.run("convertor")
    assert ran.exit_code == 1
    assert "The stack local has no task convertor. Tasks: migrate; services: none." in ran.output


def test_a_task_that_cannot_start_says_why(home: Home) -> None:
    home.declare("converter", ["no-such-program"])
    ran = home.run("converter")
    assert ran.exit_code == 6
    assert "converter never ran:" in ran.output
    assert "no-such-program: No such file or directory" in ran.output


def test_a_secret_that_cannot_be_read_is_told_with_what_to_look_at(home: Home) -> None:
    arn = home.ecs.secrets.create_secret(Name="key", SecretString="x")["ARN"]
    home.declare("converter", python(SAY), secrets=[{"name": "KEY", "valueFrom": arn}])
    ran = home.run("converter")
    assert ran.exit_code == 6
    assert "A secret of it cannot be read. See that it has a value" in ran.output


def test_a_log_that_the_execution_role_may_not_write_keeps_the_task_from_starting(home: Home) -> None:
    home.declare("converter", python(SAY))
    home.ecs.iam.delete_role_policy(RoleName="converter-execution", PolicyName="may")
    ran = home.run("converter")
    assert ran.exit_code == 6
    assert "Its log cannot be written. See that the group exists" in ran.output


def test_ctrl_c_stops_every_shard(home: Home) -> None:
    sleep = """
import signal, sys, time
signal.signal(15, lambda *_: (print('told to end'), sys.exit(0)))
print('up')
time.sleep(600)
"""
    home.declare("converter", python(sleep))
    command = [sys.executable, "-u", "-m", "delivery", "run-task", "converter", "--stack", "local"]
    with subprocess.Popen(
        [*command, "--region", str(home.directory), "--shards", "2"],
        cwd=TREE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as driver:
        assert driver.stdout
        ups = 0
        while ups < 2:
            line = driver.stdout.readline()
            assert line, "the driver ended before its tasks were up"
            ups += line.endswith("up\n")
        os.kill(driver.pid, signal.SIGINT)
        rest = driver.stdout.read()
    assert driver.returncode == 130
    assert "Stopping; each task has its stop time-out" in rest
    assert rest.count("told to end") == 2
    assert not home.ecs.runner.pids


def test_a_region_that_is_not_up_is_a_sentence(tmp_path: Path) -> None:
    ran = delivery("run-task", "migrate", "--stack", "local", "--region", str(tmp_path))
    assert ran.exit_code == 1
    assert f"There is no region in {tmp_path}. Start it: make up" in ran.output


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (
            "Capacity is unavailable at this time.",
            "Fargate has no capacity of that kind",
        ),
        (
            "You've reached the limit on the number of tasks",
            "The Fargate quota is used up",
        ),
        ("CannotPullContainerError: ref sha256:0 not found", "Its image cannot be pulled"),
        (
            "unable to pull secrets or registry auth",
            "A secret of it cannot be read",
        ),
        ("SpotInterruption: Your Spot Task was interrupted.", "Run the same command again"),
        ("OutOfMemoryError: container killed due to memory usage", "It needed more memory"),
        ("AccessDeniedException: not authorized to perform: ecs:RunTask", "You may not do that"),
    ],
)
def test_what_ecs_says_comes_with_what_to_do(said: str, meant: str) -> None:
    assert meant in reasons.in_words(said)
    assert said in reasons.in_words(said)
