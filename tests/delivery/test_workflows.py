"""The workflows are thin, pinned and trusted with little: what they call is here, and is tested here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from delivery import cli
from local.engine import workflows

TREE = Path(__file__).resolve().parents[2]
FILES = sorted((TREE / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")


def read(file: Path) -> Any:
    # YAML 1.1 reads the key `on` as true.
    return yaml.safe_load(file.read_text())


def steps(file: Path) -> Iterator[dict[str, Any]]:
    for job in read(file)["jobs"].values():
        yield from job["steps"]


def commands(file: Path) -> Iterator[list[str]]:
    for step in steps(file):
        for line in step.get("run", "").splitlines():
            yield shlex.split(line.partition(" >> ")[0])


def test_there_are_the_four_workflows() -> None:
    assert [file.stem for file in FILES] == ["ci", "deploy", "drift", "preview"]


def test_actionlint_and_zizmor_have_nothing_to_say() -> None:
    assert workflows.main() == 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_workflow_may_nothing_by_default_and_is_never_cut_off(file: Path) -> None:
    found = read(file)
    assert found["permissions"] == {}
    assert found["concurrency"]["cancel-in-progress"] is False
    assert "pull_request_target" not in found[True]
    for job in found["jobs"].values():
        assert set(job["permissions"]) <= {"contents", "id-token", "pull-requests"}
        assert job["permissions"]["contents"] == "read"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_action_is_pinned_by_its_whole_commit(file: Path) -> None:
    for step in steps(file):
        if "uses" in step:
            assert PINNED.fullmatch(step["uses"]), step["uses"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_step_calls_only_what_there_is(file: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (TREE / "Makefile").read_text(), re.MULTILINE))
    context = click.Context(cli.main)
    called = list(commands(file))
    assert called
    for program, *arguments in called:
        if program == "make":
            assert arguments[0] in targets
        elif program == ".venv/bin/python":
            assert arguments[:2] == ["-m", "local.engine"]
        else:
            assert program == ".venv/bin/delivery"
            command = cli.main.get_command(context, arguments[0])
            assert command is not None, arguments[0]
            options = {flag for option in command.params for flag in option.opts}
            said = {argument for argument in arguments if argument.startswith("--")}
            assert said <= options
            for option in command.params:
                if option.required:
                    assert said & set(option.opts), f"{arguments[0]} needs {option.opts}"


def test_a_fork_gets_no_identity_and_no_secret() -> None:
    jobs = read(TREE / ".github" / "workflows" / "preview.yml")["jobs"]
    trusted = "github.event.pull_request.head.repo.full_name == github.repository"
    assert jobs["preview"]["if"] == trusted
    assert jobs["comment"]["needs"] == "preview"
    assert "id-token" not in jobs["comment"]["permissions"]
    anybody = read(TREE / ".github" / "workflows" / "ci.yml")
    assert all(job["permissions"] == {"contents": "read"} for job in anybody["jobs"].values())
    assert "secrets." not in (TREE / ".github" / "workflows" / "ci.yml").read_text()


def test_prod_waits_for_a_person_and_gets_the_plan_that_person_saw() -> None:
    jobs = read(TREE / ".github" / "workflows" / "deploy.yml")["jobs"]
    deploy = jobs["deploy"]
    assert deploy["needs"] == "plan"
    assert "github.ref_name == 'main' && 'production'" in deploy["environment"]
    run = [step["run"] for step in deploy["steps"] if "delivery" in step.get("run", "")]
    order = [line.split()[1] for line in run]
    assert order == ["facts", "verify-plan", "up", "smoke"]
    assert jobs["notify"]["if"] == "always()"


def test_dev_runs_what_its_push_built_and_prod_what_dev_runs() -> None:
    jobs = read(TREE / ".github" / "workflows" / "deploy.yml")["jobs"]
    only = {name: jobs[name]["if"] for name in ("build", "running", "promote")}
    assert only == {
        "build": "github.ref_name == 'develop'",
        "running": "github.ref_name == 'main'",
        "promote": "github.ref_name == 'main'",
    }
    assert jobs["promote"]["needs"] == "running"
    assert jobs["plan"]["needs"] == ["build", "promote"]
    (planned,) = [step["run"] for step in jobs["plan"]["steps"] if "delivery plan" in step.get("run", "")]
    assert "--images images.json" in planned


def test_only_the_jobs_that_ship_become_the_role_that_ships() -> None:
    jobs = read(TREE / ".github" / "workflows" / "deploy.yml")["jobs"]
    shipping = {name for name, job in jobs.items() if "images-role" in str(job["steps"])}
    assert (
        shipping
        == {name for name, job in jobs.items() if job["environment"] == "images"}
        == {"build", "promote"}
    )


def test_who_looks_for_drift_is_a_role_of_its_own() -> None:
    (job,) = read(TREE / ".github" / "workflows" / "drift.yml")["jobs"].values()
    assert job["environment"] == "drift"
    assert "drift-role" in str(job["steps"])
    assert "preview-role" not in str(job["steps"])
