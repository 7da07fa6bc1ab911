"""One task: its containers as programs, started in the order they depend on each other, stopped together."""

from __future__ import annotations

from local.runner.definition import Container, Dependency
from local.runner.program import Program, Start, StartError


class Task:
    """The programs of one task, moved on by `step`."""

    def __init__(self, task_id: str, log_name: str, containers: tuple[Container, ...]) -> None:
        self.id = task_id
        self.log_name = log_name
        self.stop_reason = ""
        self.ended_by_itself = True
        self._waiting = list(containers)
        self._programs: dict[str, Program] = {}

    @property
    def pids(self) -> list[int]:
        """Its processes that still run."""
        return [one.pid for one in self._programs.values() if one.pid is not None]

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
    def is_unhealthy(self) -> bool:
        """Whether the health check of a container that matters says that the task should be replaced."""
        return any(one.is_unhealthy for one in self._programs.values() if one.container.essential)

    @property
    def exit_codes(self) -> dict[str, int | None]:
        """The exit code of each container that was started."""
        return {name: program.exit_code for name, program in self._programs.items()}

    def stop(self, reason: str, *, on_request: bool = False) -> None:
        """Ask every program to end; the first reason given is the one that is kept.

        *on_request*: somebody wants it to end, it did not fail.
        """
        if not self.stop_reason:
            self.stop_reason, self.ended_by_itself = reason, not on_request
        self._waiting.clear()
        for program in self._programs.values():
            program.terminate()

    def step(self, start: Start) -> None:
        """Start what may start now, notice what has ended."""
        if not self.stop_reason:
            self._start_what_is_due(start)
            self._notice_ends()
        for program in self._programs.values():
            program.sweep()

    def _start_what_is_due(self, start: Start) -> None:
        for container in list(self._waiting):
            if all(self._has_happened(dependency) for dependency in container.depends_on):
                self._waiting.remove(container)
                try:
                    self._programs[container.name] = start(container)
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
