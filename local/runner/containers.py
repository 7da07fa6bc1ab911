"""Containers as containers: each gets from Docker exactly what its task definition says, and no more."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from docker import DockerClient
from docker.errors import APIError, DockerException
from docker.models.containers import Container as DockerContainer
from docker.types import Healthcheck
from requests.exceptions import RequestException

from local.runner.definition import Container, HealthCheck
from local.runner.logs import Logs
from local.runner.program import Prepared, StartError

LABEL = "net.vectoricons.region"
"""On every container: the directory of the region it belongs to."""
KILLED = 137
SECONDS_BETWEEN_LOOKS = 5.0
NANOSECONDS = 10**9


@dataclass(frozen=True, slots=True)
class ContainerLauncher:
    """Starts containers on *docker* for the region in *directory*, on the network of this machine."""

    docker: DockerClient
    directory: str
    logs: Logs

    def launch(self, task: str, log_name: str, container: Container, prepared: Prepared) -> ContainerProgram:
        """Start *container* as its definition says. Raises StartError in Docker's words."""
        try:
            made = self.docker.containers.create(
                **asked_of_docker(container),
                name=f"{log_name}-{container.name}-{task[:8]}",
                environment=dict(prepared.environment),
                labels={LABEL: self.directory},
                network_mode="host",
            )
            said = made.attach(stream=True, stdout=True, stderr=True)
            made.start()
        except (DockerException, RequestException) as error:
            why = error.explanation if isinstance(error, APIError) else error
            raise StartError(f"Docker cannot run {container.image}: {why}") from error
        output, log = self.logs.collect(log_name, container.name, task, prepared.log)
        program = ContainerProgram(container, made, log)
        Thread(target=program.attend, args=(said, output), name=f"end-{made.name}", daemon=True).start()
        return program


@dataclass(slots=True)
class ContainerProgram:
    """A container of Docker's."""

    container: Container
    made: DockerContainer
    log: Thread
    code: int | None = None
    kill_at: float | None = None
    health: str = ""
    looked: float = field(default_factory=time.monotonic)

    @property
    def pid(self) -> None:
        """None: its processes are Docker's to end, and may be another machine's."""

    @property
    def exit_code(self) -> int | None:
        """What the container's init passed on."""
        return None if self.log.is_alive() else self.code

    @property
    def is_unhealthy(self) -> bool:
        """What Docker makes of its health check, asked now and then."""
        now = time.monotonic()
        if self.container.health_check and self.code is None and now - self.looked > SECONDS_BETWEEN_LOOKS:
            self.looked = now
            with suppress(DockerException, RequestException):
                self.made.reload()
                self.health = self.made.health
        return self.health == "unhealthy"

    def attend(self, said: Iterator[bytes], output: int) -> None:
        """Pass on what it says until it ends; then learn its exit code, and have Docker forget it."""
        try:
            for words in said:
                os.write(output, words)
            code = int(self.made.wait()["StatusCode"])
            self.made.remove()
        except (DockerException, RequestException):
            code = KILLED  # removed behind our back, or the engine itself has gone
        self.code = code
        os.close(output)

    def terminate(self) -> None:
        """Send SIGTERM, and remember until when it may take."""
        if self.kill_at is None and self.code is None:
            self.kill_at = time.monotonic() + self.container.stop_timeout
            self._signal("SIGTERM")

    def sweep(self) -> None:
        """Kill it when it is overdue; what it started ends with it."""
        if self.kill_at is not None and self.code is None and time.monotonic() > self.kill_at:
            self._signal("SIGKILL")

    def _signal(self, name: str) -> None:
        with suppress(DockerException, RequestException):  # it has ended meanwhile
            self.made.kill(signal=name)


def asked_of_docker(container: Container) -> dict[str, Any]:
    """The definition in the words of Docker's API."""
    return {
        "image": container.image.rpartition("@")[2],  # built here: its digest is what Docker knows it by
        "command": list(container.command),
        "user": container.user,
        "read_only": container.readonly_root_filesystem,
        "tmpfs": {mount.container_path: "mode=1777" for mount in container.mount_points},
        "cap_drop": list(container.linux_parameters.capabilities.drop),
        "init": container.linux_parameters.init_process_enabled,
        "mem_limit": f"{container.memory}m",
        "memswap_limit": f"{container.memory}m",
        "cpu_shares": container.cpu,
        "healthcheck": _health_check(container.health_check),
    }


def _health_check(said: HealthCheck | None) -> Healthcheck:
    """As ECS has it: the image's own check counts for nothing where the definition has none."""
    if said is None:
        return Healthcheck(test=["NONE"])
    return Healthcheck(
        test=list(said.command),
        interval=said.interval * NANOSECONDS,
        timeout=said.timeout * NANOSECONDS,
        retries=said.retries,
        start_period=said.start_period * NANOSECONDS,
    )
