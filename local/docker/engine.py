"""A Docker engine: the person's own where one answers, else one that is started here and ended again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from docker import DockerClient
from docker.errors import DockerException
from requests.exceptions import RequestException

from local.addresses import Docker
from local.processes import stop, tethered
from local.setup.alone import alone, cache_directory
from local.setup.errors import CommandError, Exit
from local.setup.packages import Package, command_is_there, install_missing
from local.setup.progress import Say

START_PATIENCE = 60.0
END_PATIENCE = 60.0
ANSWER_PATIENCE = 10
WORK_PATIENCE = 600
BUILDKIT_LEFT_THE_COMMAND = 23
"""The first version of the docker command that builds by a plugin, buildx, which Debian packages apart."""

ENGINE = (Package("docker.io", "runs the services as containers", command_is_there("dockerd")),)
BUILDER = (
    Package("docker-cli", "asks the engine to build", command_is_there("docker")),
    Package("docker-buildx", "builds images", lambda: bool(builders())),
)


def client(docker: Docker) -> DockerClient:
    """A client of the engine's API. It waits as long as the longest work takes."""
    return DockerClient(base_url=docker.host, timeout=WORK_PATIENCE)


def remove_containers(docker: Docker, label: str) -> None:
    """Remove every container that has *label*, where the engine still answers."""
    with suppress(DockerException, RequestException):
        for container in client(docker).containers.list(all=True, filters={"label": label}):
            container.remove(force=True)


def install(say: Say) -> None:
    """Install what of Docker is missing here. Raises CommandError."""
    if answering() is None:
        _require_root()
        install_missing(say, ENGINE)
    if not builders():
        install_missing(say, BUILDER)


def answering() -> str | None:
    """The address of the person's own engine, as their docker command has it; None where none answers."""
    if shutil.which("docker") is None:
        return None
    command = ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return said if said and _answers(said) else None


@contextmanager
def running(log: Path) -> Iterator[Docker]:
    """An engine for as long as the context lasts. Raises CommandError.

    One that is started here keeps what it built between two lives, so only one at a time may have it.
    """
    own = answering()
    if own:
        yield Docker(host=own, command=_builder(), pid=None)
        return
    _require_root()
    folder = cache_directory() / "docker"
    with alone(folder, _refuse), log.open("wb") as words:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        host = f"unix://{folder / 'engine.sock'}"
        process = subprocess.Popen(
            tethered(_dockerd(folder, host)),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )
        try:
            _wait(host, process, log)
            yield Docker(host=host, command=_builder(), pid=process.pid)
        finally:
            stop(process, patience=END_PATIENCE)


def _dockerd(folder: Path, host: str) -> list[str]:
    """An engine that leaves this machine's network as it is: its containers use that of the machine."""
    return [
        *("dockerd", "--host", host, "--iptables=false", "--bridge=none"),
        *("--data-root", str(folder / "data"), "--exec-root", str(folder / "run")),
        *("--pidfile", str(folder / "engine.pid")),
    ]


def _wait(host: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE
    while not _answers(host):
        if process.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace").strip().splitlines()[-2:]
            raise CommandError("Docker's engine did not start: " + " / ".join(last), Exit.MACHINE)
        time.sleep(0.1)


def _answers(host: str) -> bool:
    try:
        return bool(DockerClient(base_url=host, timeout=ANSWER_PATIENCE).ping())
    except (DockerException, RequestException):
        return False


def _require_root() -> None:
    if os.geteuid() != 0:
        raise CommandError(
            "No Docker engine answers, and only root can start one. Start yours "
            "(systemctl start docker), or run this as root.",
            Exit.MACHINE,
        )


def _refuse() -> None:
    raise CommandError(
        "Another region, or `make images`, has the project's Docker engine. Wait for its end (make down), or "
        "start an engine of your own, which they can share: systemctl start docker",
        Exit.MACHINE,
    )


def _builder() -> str:
    found = builders()
    if not found:
        raise CommandError(
            "No docker command on PATH can build with BuildKit. Install buildx (Debian: docker-buildx).",
            Exit.MACHINE,
        )
    return found[0]


def builders() -> list[str]:
    """The docker commands on PATH that build with BuildKit, by a plugin or by themselves."""
    commands = [str(Path(folder) / "docker") for folder in os.get_exec_path()]
    return [command for command in commands if shutil.which(command) and _has_buildkit(command)]


def _has_buildkit(command: str) -> bool:
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"version (\d+)", version)
    if number and int(number[1]) < BUILDKIT_LEFT_THE_COMMAND:
        return True
    return subprocess.run([command, "buildx", "version"], capture_output=True, check=False).returncode == 0
