"""Starting, watching and ending the processes of a region."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
# Loaded here: a forked child must not, another thread may have held the loader's lock at the fork.
_LIBC = ctypes.CDLL(None)


def own_process_group() -> None:
    """Run in the child before exec: a group of its own, and an end when the thread that started it ends."""
    os.setpgid(0, 0)
    if os.uname().sysname == "Linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody answers on 127.0.0.1:*port*."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


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
