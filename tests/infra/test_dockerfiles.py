"""The Dockerfiles keep their rules, read as Docker reads them: instructions, in order, stage by stage."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from components.containers import Container
from components.images import HEALTH

TREE = Path(__file__).parents[2]
IMAGES = sorted(file.parent.name for file in TREE.glob("containers/*/Dockerfile"))
SECONDS = re.compile(r"--(interval|timeout|start-period|retries)=(\d+)s?")


@dataclass(frozen=True)
class Dockerfile:
    """A Dockerfile's instructions, without comments, continued lines joined."""

    instructions: list[tuple[str, str]]

    @classmethod
    def of(cls, image: str) -> Dockerfile:
        text = (TREE / "containers" / image / "Dockerfile").read_text()
        lines = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
        words = [line.strip().split(maxsplit=1) for line in lines if line.strip()]
        return cls([(name, " ".join(rest.split())) for name, rest in words])

    def all(self, name: str) -> list[str]:
        return [rest for instruction, rest in self.instructions if instruction == name]

    @property
    def last_stage(self) -> Dockerfile:
        begins = max(place for place, (name, _) in enumerate(self.instructions) if name == "FROM")
        return Dockerfile(self.instructions[begins:])


@pytest.fixture(params=IMAGES)
def image(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def dockerfile(image: str) -> Dockerfile:
    return Dockerfile.of(image)


def test_there_are_the_three_images_that_the_components_ask_after() -> None:
    assert sorted(HEALTH) == IMAGES


def test_both_stages_are_built_on_the_base_that_whoever_builds_names(dockerfile: Dockerfile) -> None:
    assert dockerfile.all("ARG") == ["BASE_IMAGE=python:3.11-slim-bookworm"]
    assert dockerfile.all("FROM") == ["${BASE_IMAGE} AS packages", "${BASE_IMAGE}"]


def test_every_package_is_hashed_and_none_is_resolved(dockerfile: Dockerfile) -> None:
    installs = [step for run in dockerfile.all("RUN") for step in run.split("&&") if "/pip " in step]
    from_outside = [step for step in installs if "--no-index" not in step]
    assert from_outside
    for step in from_outside:
        assert "--require-hashes" in step
    whole = " ".join(dockerfile.all("RUN"))
    assert "--no-deps" in whole or "PIP_NO_DEPS=1" in whole


def test_where_packages_come_from_is_lent_to_one_step_of_the_first_stage(dockerfile: Dockerfile) -> None:
    lent = [run for run in dockerfile.all("RUN") if "--mount=type=secret,id=pip" in run]
    assert len(lent) == 1
    for run in dockerfile.last_stage.all("RUN"):
        assert "--mount" not in run
        assert "pip install" not in run
    assert not re.search(r"https?://|index-url|trusted-host", str(dockerfile.instructions))


def test_the_last_stage_installs_no_compiler_and_takes_the_installers_out(dockerfile: Dockerfile) -> None:
    runs = " ".join(dockerfile.last_stage.all("RUN"))
    assert not re.search(r"build-essential|\bgcc\b|\bg\+\+|-dev\b|\bmake\b", runs)
    assert "rm -rf" in runs
    assert "ensurepip" in runs
    assert "/venv" in dockerfile.last_stage.all("COPY")[0]


def test_the_user_is_the_one_of_the_task_definitions(image: str, dockerfile: Dockerfile) -> None:
    assert dockerfile.last_stage.all("USER") == [defined(image)["user"]]
    assert dockerfile.last_stage.all("VOLUME") == [
        mount["containerPath"] for mount in defined(image)["mountPoints"]
    ]


def test_commands_are_programs_and_no_shell_stands_between_them_and_a_signal(dockerfile: Dockerfile) -> None:
    [command] = dockerfile.all("CMD")
    assert json.loads(command)[0] != "sh"
    assert not dockerfile.all("ENTRYPOINT")
    assert dockerfile.all("STOPSIGNAL") == ["SIGTERM"]


def test_the_health_check_is_the_one_of_the_task_definitions(image: str, dockerfile: Dockerfile) -> None:
    options, _, command = dockerfile.all("HEALTHCHECK")[0].partition(" CMD ")
    said = {name: int(number) for name, number in SECONDS.findall(options)}
    check = defined(image)["healthCheck"]
    assert ["CMD", *json.loads(command)] == check["command"]
    assert said == {
        "interval": check["interval"],
        "timeout": check["timeout"],
        "start-period": check["startPeriod"],
        "retries": check["retries"],
    }


def test_an_image_is_sent_what_it_is_made_of_and_nothing_else(image: str, dockerfile: Dockerfile) -> None:
    ignore = (TREE / "containers" / image / "Dockerfile.dockerignore").read_text().splitlines()
    copied = {word for copy in dockerfile.all("COPY") if "--from" not in copy for word in copy.split()[:-1]}
    assert "*" in ignore
    assert {line[1:] for line in ignore if line.startswith("!")} == copied


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
