"""A container of a task, started. What it is in truth, a process or a container, only its launcher knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from local.runner.definition import Container
from local.runner.logs import Sink


class StartError(Exception):
    """A container cannot be started: the sentence says why."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a container is started with: its whole environment, and where else its lines go."""

    environment: Mapping[str, str]
    log: Sink | None = None


class Program(Protocol):
    """What runs for one container of a task."""

    @property
    def container(self) -> Container:
        """What it was started from."""

    @property
    def pid(self) -> int | None:
        """Its process, while that runs and is one of this machine that the region may signal."""

    @property
    def exit_code(self) -> int | None:
        """As Docker tells it (128 + signal); None while it runs, or while its last words are being read."""

    @property
    def is_unhealthy(self) -> bool:
        """Whether its health check says that it should be replaced."""

    def terminate(self) -> None:
        """Ask it to end; it has its container's stop time-out to do so."""

    def sweep(self) -> None:
        """End what must not go on: itself when its time is up, what it left when it has ended."""


class Launcher(Protocol):
    """Starts programs, all of one kind."""

    def launch(self, task: str, log_name: str, container: Container, prepared: Prepared) -> Program:
        """Start *container* of *task*; its output goes to the log. Raises StartError."""


Start = Callable[[Container], Program]
