"""One task: its containers as processes, started in the order they depend on each other, stopped together."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from local.processes import tethered
from local.runner.definition import Container, Dependency
from local.runner.logs import Logs, Sink


class StartError(Exception):
    """A container cannot be started: the sentence says why."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a container is started with: the whole of its environment, and where else its lines go."""

    environment: Mapping[str, str]
    log: Sink | None = None


Prepare = Callable[[Container], Prepared]


@dataclass(slots=True)
class Program:
    """A container's process."""

    container: Container
    process: subprocess.Popen[bytes]
    log: Thread
    kill_at: float | None = None

    @property
    def exit_code(self) -> int | None:
        """As Docker tells it (128 + signal); None while it runs, or while its last words are being read."""
        code = self.process.poll()
        if code is None or self.log.is_alive():
            return None
        return 128 - code if code < 0 else code

    def terminate(self) -> None:
        """Ask it to end; it has its container's stop time-out to do so."""
        if self.kill_at is None and self.process.poll() is None:
            self.process.terminate()
            self.kill_at = time.monotonic() + self.container.stop_timeout

    def sweep(self) -> None:
        """End what must not go on: itself when its time is up, what it started when it has ended.

        A container's end takes all its processes along; here they are its process group.
        """
        overdue = self.kill_at is not None and time.monotonic() > self.kill_at
        ended = self.process.poll() is not None and self.log.is_alive()
        if overdue or ended:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Task:
    """The processes of one task, moved on by `step`."""

    def __init__(self, task_id: str, log_name: str, containers: tuple[Container, ...], logs: Logs) -> None:
        self.id = task_id
        self.log_name = log_name
        self.stop_reason = ""
        self.ended_by_itself = True
        self._waiting = list(containers)
        self._programs: dict[str, Program] = {}
        self._logs = logs

    @property
    def pids(self) -> list[int]:
        """Its processes that still run."""
        return [one.process.pid for one in self._programs.values() if one.process.poll() is None]

    @property
    def is_running(self) -> bool:
        """Whether every container that matters runs."""
        essential = [one for one in self._programs.values() if one.container.essential]
        return not self._waiting and not self.stop_reason and all(one.exit_code is None for one in essential)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs, nor will."""
        return bool(self.stop_reason) and all(one.exit_code is not None for one in self._programs.values())

    @property
    def exit_codes(self) -> dict[str, int | None]:
        """The exit code of each container that was started."""
        return {name: program.exit_code for name, program in self._programs.items()}

    def stop(self, reason: str, *, on_request: bool = False) -> None:
        """Ask every process to end; the first reason given is the one that is kept.

        *on_request*: somebody wants it to end, it did not fail.
        """
        if not self.stop_reason:
            self.stop_reason, self.ended_by_itself = reason, not on_request
        self._waiting.clear()
        for program in self._programs.values():
            program.terminate()

    def step(self, prepare: Prepare, tree: Path) -> None:
        """Start what may start now, notice what has ended. *prepare* says what a container starts with."""
        if not self.stop_reason:
            self._start_what_is_due(prepare, tree)
            self._notice_ends()
        for program in self._programs.values():
            program.sweep()

    def _start_what_is_due(self, prepare: Prepare, tree: Path) -> None:
        for container in list(self._waiting):
            if all(self._has_happened(dependency) for dependency in container.depends_on):
                self._waiting.remove(container)
                try:
                    self._programs[container.name] = self._start(container, prepare(container), tree)
                except StartError as error:
                    self.stop(f"{container.name} cannot start: {error}")
                    return

    def _has_happened(self, dependency: Dependency) -> bool:
        program = self._programs.get(dependency.container_name)
        if program is None:
            return False
        code = program.exit_code
        return {"START": True, "COMPLETE": code is not None, "SUCCESS": code == 0}[dependency.condition]

    def _notice_ends(self) -> None:
        for name, program in self._programs.items():
            if program.exit_code is None:
                continue
            ending = f"{name} ended with exit code {program.exit_code}"
            if program.exit_code and self._success_is_needed(name):
                self.stop(f"{ending}, and others wait for its success")
            elif program.container.essential:
                self.stop(f"Essential container in task exited: {ending}")

    def _success_is_needed(self, name: str) -> bool:
        return any(
            dependency.container_name == name and dependency.condition == "SUCCESS"
            for container in self._waiting
            for dependency in container.depends_on
        )

    def _start(self, container: Container, prepared: Prepared, tree: Path) -> Program:
        if shutil.which(container.command[0], path=prepared.environment["PATH"]) is None:
            raise StartError(f"{container.command[0]}: No such file or directory")
        output, log = self._logs.collect(self.log_name, container.name, self.id, prepared.log)
        try:
            process = subprocess.Popen(
                tethered(container.command),
                cwd=tree,
                env=dict(prepared.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        except OSError as error:
            raise StartError(f"{container.command[0]}: {error.strerror}") from error
        finally:
            os.close(output)
        return Program(container, process, log)
