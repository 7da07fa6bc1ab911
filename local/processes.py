"""Starting, watching and ending the processes of a region."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

CLOCK_TOLERANCE = 2.0
KILL_PATIENCE = 5.0


def tethered(command: Sequence[str]) -> list[str]:
    """*command*, made to end (SIGTERM) when the thread that starts it ends; give it a `process_group` too.

    By a program of its own and not between fork and exec, where a process with threads may do nothing safely.
    Where the system has no such program, it is *command* as it is.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else [*command]


def heed_interrupts() -> None:
    """Let SIGINT end this process and what it starts, also where a script has put it in the background.

    There a shell lets it ignore SIGINT, which all that it starts inherits; and the engine, which ends its
    plugins by SIGINT, waits five seconds for one that does not listen.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody answers at *host*:*port*."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        with suppress(socket.gaierror):
            return probe.connect_ex((host, port)) == 0
        return False


def wait_for_port(
    port: int, process: subprocess.Popen[bytes], *, log_file: Path, name: str, patience: float = 30
) -> None:
    """Return once *process* listens on *port*; RuntimeError with its last words if it does not."""
    deadline = time.monotonic() + patience
    while not listens(port):
        if process.poll() is not None or time.monotonic() > deadline:
            words = log_file.read_text(errors="replace").strip().splitlines()[-5:]
            raise RuntimeError(f"{name} did not start on port {port}: " + " / ".join(words))
        time.sleep(0.02)


def stop(process: subprocess.Popen[bytes], *, patience: float, by: signal.Signals = signal.SIGTERM) -> None:
    """Ask *process* to end (signal *by*), and end it and its children (SIGKILL) after *patience* seconds."""
    if process.poll() is None:
        process.send_signal(by)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that will not be taken for another one that got its number later."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """The process that has this number now; None when there is none that runs."""
        try:
            process = psutil.Process(pid)
            ended = process.status() == psutil.STATUS_ZOMBIE
            return None if ended else cls(pid, process.create_time())
        except psutil.NoSuchProcess:
            return None

    @property
    def lives(self) -> bool:
        """Whether it still runs."""
        now = Identity.of(self.pid)
        return now is not None and abs(now.started - self.started) < CLOCK_TOLERANCE

    def end(self, *, patience: float) -> None:
        """Ask it to end, and end it with its group (SIGKILL) after *patience* seconds."""
        if self.lives:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        if not self._ends_within(patience):
            with suppress(ProcessLookupError):
                os.killpg(os.getpgid(self.pid), signal.SIGKILL)
            self._ends_within(KILL_PATIENCE)

    def _ends_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.lives:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def holder_of(port: int) -> str:
    """Who listens on *port*, for a sentence: `granian (pid 812)`, or as much as the system lets us know."""
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,) and connection.pid:
            return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return "a process of another user"
