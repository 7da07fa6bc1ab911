"""Containers as processes of this machine: the programs of the tree itself, with nothing to build."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from local.processes import tethered
from local.runner.definition import Container
from local.runner.logs import Logs
from local.runner.program import Prepared, StartError


@dataclass(frozen=True, slots=True)
class ProcessLauncher:
    """Starts every program in *tree*; *commands* is the folder of the project's own."""

    tree: Path
    commands: Path
    logs: Logs

    def launch(self, task: str, log_name: str, container: Container, prepared: Prepared) -> ProcessProgram:
        """Start the command of *container* in a process group of its own. Raises StartError."""
        path = f"{self.commands}:/usr/local/bin:/usr/bin:/bin"
        if shutil.which(container.command[0], path=path) is None:
            raise StartError(f"{container.command[0]}: No such file or directory")
        output, log = self.logs.collect(log_name, container.name, task, prepared.log)
        try:
            process = subprocess.Popen(
                tethered(container.command),
                cwd=self.tree,
                env={**prepared.environment, "PATH": path},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        except OSError as error:
            raise StartError(f"{container.command[0]}: {error.strerror}") from error
        finally:
            os.close(output)
        return ProcessProgram(container, process, log)


@dataclass(slots=True)
class ProcessProgram:
    """A container's process."""

    container: Container
    process: subprocess.Popen[bytes]
    log: Thread
    kill_at: float | None = None

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return self.process.pid if self.process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """The process's; None while its log is still being written."""
        code = self.process.poll()
        if code is None or self.log.is_alive():
            return None
        return 128 - code if code < 0 else code

    @property
    def is_unhealthy(self) -> bool:
        """Never: health checks look into a container, and there is none."""
        return False

    def terminate(self) -> None:
        """Send SIGTERM, and remember until when it may take."""
        if self.kill_at is None and self.process.poll() is None:
            self.process.terminate()
            self.kill_at = time.monotonic() + self.container.stop_timeout

    def sweep(self) -> None:
        """Kill the process group when the process is overdue, or has left children behind.

        A container's end takes all its processes along; here they are its process group.
        """
        overdue = self.kill_at is not None and time.monotonic() > self.kill_at
        ended = self.process.poll() is not None and self.log.is_alive()
        if overdue or ended:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
