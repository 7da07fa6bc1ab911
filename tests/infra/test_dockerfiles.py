"""The Dockerfile keeps its rules, for each image that it is there for."""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from components.containers import Container
from components.images import HEALTH
from local.docker.dockerfile import Dockerfile, Stage

TREE = Path(__file__).parents[2]
DOCKERFILE = Dockerfile.read(TREE / "containers" / "Dockerfile")
BASE = "${BASE_IMAGE}"
SECONDS = re.compile(r"--(interval|timeout|start-period|retries)=(\d+)s?")


@pytest.fixture(params=DOCKERFILE.targets)
def image(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def made_of(image: str) -> list[Stage]:
    """All that the image is made of."""
    return DOCKERFILE.made_of(image)


@pytest.fixture
def runs(image: str) -> list[Stage]:
    """The stages whose files and settings the image has: those it is built on, down to the base."""
    stages = {stage.name: stage for stage in DOCKERFILE.stages}
    found = [stages[image]]
    while found[0].base in stages:
        found.insert(0, stages[found[0].base])
    return found


def said(stages: list[Stage], name: str) -> list[str]:
    """What the instructions *name* of *stages* say, in order: the last word counts."""
    return list(chain.from_iterable(stage.all(name) for stage in stages))


def test_there_are_the_three_images_that_the_components_ask_after() -> None:
    assert sorted(HEALTH) == sorted(DOCKERFILE.targets)


def test_every_stage_is_built_on_the_base_that_whoever_builds_names(made_of: list[Stage]) -> None:
    assert DOCKERFILE.arguments == ("BASE_IMAGE=python:3.11-slim-bookworm",)
    names = {stage.name for stage in made_of}
    assert {stage.base for stage in made_of} - names == {BASE}


def test_every_package_is_hashed_and_none_is_resolved(made_of: list[Stage]) -> None:
    installs = [step for run in said(made_of, "RUN") for step in run.split("&&") if "/pip " in step]
    from_outside = [step for step in installs if "--no-index" not in step]
    assert from_outside
    for step in from_outside:
        assert "--require-hashes" in step
    assert "PIP_NO_DEPS=1" in " ".join(said(made_of, "ENV"))


def test_where_packages_come_from_is_lent_to_steps_of_stages_that_stay_behind(
    made_of: list[Stage], runs: list[Stage]
) -> None:
    assert [run for run in said(made_of, "RUN") if "--mount=type=secret,id=pip" in run]
    for run in said(runs, "RUN"):
        assert "--mount" not in run
        assert "pip install" not in run
    assert not re.search(r"https?://|index-url|trusted-host", str(made_of))


def test_an_image_has_no_compiler_and_nothing_that_installs(runs: list[Stage]) -> None:
    commands = " ".join(said(runs, "RUN"))
    assert not re.search(r"build-essential|\bgcc\b|\bg\+\+|-dev\b|\bmake\b", commands)
    assert "rm -rf" in commands
    assert "ensurepip" in commands
    assert [copy for copy in said(runs, "COPY") if copy.startswith("--from=")] == [
        f"--from={runs[-1].name}-packages /opt/venv /opt/venv"
    ]


def test_the_user_is_the_one_of_the_task_definitions(image: str, runs: list[Stage]) -> None:
    assert said(runs, "USER") == [defined(image)["user"]]
    assert said(runs, "VOLUME") == [mount["containerPath"] for mount in defined(image)["mountPoints"]]


def test_commands_are_programs_and_no_shell_stands_between_them_and_a_signal(runs: list[Stage]) -> None:
    [command] = said(runs, "CMD")
    assert json.loads(command)[0] != "sh"
    assert not said(runs, "ENTRYPOINT")
    assert said(runs, "STOPSIGNAL") == ["SIGTERM"]


def test_the_health_check_is_the_one_of_the_task_definitions(image: str, runs: list[Stage]) -> None:
    [check] = said(runs, "HEALTHCHECK")
    options, _, command = check.partition(" CMD ")
    every = {name: int(number) for name, number in SECONDS.findall(options)}
    declared = defined(image)["healthCheck"]
    assert ["CMD", *json.loads(command)] == declared["command"]
    assert every == {
        "interval": declared["interval"],
        "timeout": declared["timeout"],
        "start-period": declared["startPeriod"],
        "retries": declared["retries"],
    }


def test_an_image_is_made_of_its_own_code_and_not_of_another_s(image: str, made_of: list[Stage]) -> None:
    copied = {path for stage in made_of for path in stage.copied}
    code = {path.split("/")[1] for path in copied if path.startswith("containers/")}
    assert code == {image, "__init__.py"}
    assert {f"requirements/{image}.txt", "base"} <= copied
    assert not {f"requirements/{other}.txt" for other in DOCKERFILE.targets if other != image} & copied


def test_the_builder_is_sent_what_images_are_made_of_and_nothing_else() -> None:
    ignore = (TREE / "containers" / "Dockerfile.dockerignore").read_text().splitlines()
    copied = {path for stage in DOCKERFILE.stages for path in stage.copied}
    assert "*" in ignore
    sent = {line[1:].removesuffix("/*.txt") for line in ignore if line.startswith("!")}
    assert sent == {path.split("/")[0] for path in copied}


def defined(image: str) -> dict[str, Any]:
    """A container of *image* as its task definition has it."""
    return Container(
        name=image,
        image=image,
        command=[image],
        cpu=256,
        memory=512,
        environment={},
        secrets={},
        log_group=image,
        region="us-east-1",
        health=HEALTH[image],
    ).definition()
