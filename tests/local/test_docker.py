"""What a region asks of Docker, as far as it shows without an engine; `make images` goes on from there."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from components.containers import Container as Declared
from local.addresses import Docker
from local.docker import base, engine
from local.docker.build import MARK, Build, BuildError, build
from local.docker.images import DOCKERFILE
from local.docker.inspection import BUILD_TOOLS, SECRETS
from local.runner.containers import asked_of_docker
from local.runner.definition import Container
from local.setup.errors import CommandError

TREE = Path(__file__).parents[2]
REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/vectoricons-local-worker"


def container(health: list[str]) -> Container:
    """A container as its task definition has it, read by the runner."""
    declared = Declared(
        name="worker-relay",
        image=f"{REPOSITORY}@sha256:4f53",
        command=["worker", "relay"],
        cpu=256,
        memory=512,
        environment={"STACK": "local"},
        secrets={},
        log_group="worker-relay",
        region="us-east-1",
        health=health,
    )
    return Container.model_validate({k: v for k, v in declared.definition().items() if v is not None})


def command(folder: Path, script: str) -> Path:
    """A docker command that does as *script* says."""
    folder.mkdir(exist_ok=True)
    made = folder / "docker"
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    return made


def test_a_container_gets_what_its_task_definition_says() -> None:
    asked = asked_of_docker(container(["worker", "well"]))
    check = asked.pop("healthcheck")
    assert asked == {
        "image": "sha256:4f53",
        "command": ["worker", "relay"],
        "user": "10001:10001",
        "read_only": True,
        "tmpfs": {"/tmp": "mode=1777"},
        "cap_drop": ["ALL"],
        "init": True,
        "mem_limit": "512m",
        "memswap_limit": "512m",
        "cpu_shares": 256,
    }
    assert check.test == ["CMD", "worker", "well"]
    assert (check.interval, check.timeout, check.retries) == (30 * 10**9, 5 * 10**9, 3)
    assert check.start_period == 60 * 10**9


def test_without_a_health_check_the_image_s_own_is_not_asked_as_on_ecs() -> None:
    assert asked_of_docker(container([]))["healthcheck"].test == ["NONE"]


def test_where_packages_come_from_reaches_a_build_as_a_secret_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://someone:sesame@packages.example/simple")
    monkeypatch.setenv("PIP_CERT", "/etc/own-authority.pem")
    keep = (
        f'echo "$@" > {tmp_path}/asked\nfor word; do case $word in\n'
        f"--secret=id=pip,src=*) cp ${{word#*src=}} {tmp_path}/pip.conf;;\n"
        "--iidfile=*) echo sha256:4f53 > ${word#*=};;\nesac; done"
    )
    docker = Docker(host="unix:///engine.sock", command=str(command(tmp_path / "bin", keep)), pid=None)
    asked = Build(context=TREE, dockerfile=TREE / DOCKERFILE)

    assert build(docker, asked, lambda line: None) == "sha256:4f53"

    lent = (tmp_path / "pip.conf").read_text().splitlines()
    assert lent[:2] == [MARK, "[global]"]
    assert "index-url = https://someone:sesame@packages.example/simple" in lent
    assert "cert = /run/secrets/certificates" in lent
    words = (tmp_path / "asked").read_text()
    assert "--secret=id=certificates,src=/etc/own-authority.pem" in words.split()
    assert "packages.example" not in words


def test_a_builder_that_fails_is_heard_out(tmp_path: Path) -> None:
    docker = Docker(
        host="unix:///x", command=str(command(tmp_path / "bin", "echo no space; exit 1")), pid=None
    )
    heard: list[str] = []
    with pytest.raises(BuildError, match="no space"):
        build(docker, Build(context=TREE, dockerfile=TREE / "Dockerfile"), heard.append)
    assert heard == ["no space"]


def test_the_dockerfile_names_the_base_that_images_are_built_on(tmp_path: Path) -> None:
    assert base.declared(TREE / DOCKERFILE) == "python:3.11-slim-bookworm"
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(CommandError, match="has no line `ARG BASE_IMAGE"):
        base.declared(tmp_path / "Dockerfile")


def test_without_an_engine_and_without_root_a_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with (
        pytest.raises(CommandError, match=r"No Docker engine answers.*systemctl start docker"),
        engine.running(tmp_path / "docker.log"),
    ):
        raise AssertionError("there is no engine")


def test_a_socket_that_nobody_answers_on_is_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command(tmp_path / "bin", f"echo unix://{tmp_path}/nobody.sock")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert engine.answering() is None


@pytest.mark.parametrize(
    ("script", "builds"),
    [
        ('echo "Docker version 20.10.24, build x"', True),
        ('[ "$1" = --version ] && echo "Docker version 28.2.2, build x"; [ "$1" != buildx ]', False),
        ('[ "$1" = --version ] && echo "Docker version 28.2.2, build x"; true', True),
    ],
    ids=["builds by itself", "wants a plugin it has not", "has the plugin"],
)
def test_a_docker_command_that_cannot_build_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, builds: bool
) -> None:
    found = command(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    assert engine.builders() == ([str(found)] if builds else [])


@pytest.mark.parametrize(
    ("path", "is_tool"),
    [
        ("usr/bin/gcc-12", True),
        ("usr/bin/x86_64-linux-gnu-gcc-12", True),
        ("opt/venv/bin/pip3.11", True),
        ("opt/venv/lib/python3.11/site-packages/setuptools/__init__.py", True),
        ("usr/lib/python3.11/ensurepip/__init__.py", True),
        ("opt/venv/bin/api", False),
        ("opt/venv/lib/python3.11/site-packages/pipeline/__init__.py", False),
        ("usr/bin/ldd", False),
    ],
)
def test_a_build_tool_is_known_by_its_path(path: str, is_tool: bool) -> None:
    assert bool(BUILD_TOOLS.search(path)) is is_tool


def test_a_secret_of_the_build_is_known_by_its_path() -> None:
    assert SECRETS.match("etc/pip.conf")
    assert SECRETS.match("run/secrets/certificates")
    assert not re.match(SECRETS, "etc/ssl/certs/ca-certificates.crt")
