"""Processes of a region are told apart for certain, and end when they are told to or soon after."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local import processes
from local.processes import Identity

STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


@pytest.fixture
def stubborn() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not end when it is asked to."""
    with subprocess.Popen(
        processes.tethered([sys.executable, "-c", STUBBORN]), stdout=subprocess.PIPE, process_group=0
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def test_a_process_that_does_not_listen_is_named_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as words:
        process = subprocess.Popen(["sh", "-c", "echo no room; exit 1"], stdout=words)
    with pytest.raises(RuntimeError, match=r"Postgres did not start on port .*: no room"):
        processes.wait_for_port(processes.free_port(), process, log_file=log, name="Postgres")
    process.wait()


def test_who_does_not_end_in_time_is_ended(stubborn: subprocess.Popen[bytes]) -> None:
    processes.stop(stubborn, patience=0.1)
    assert stubborn.returncode == -9


def test_remains_are_ended_by_identity(stubborn: subprocess.Popen[bytes]) -> None:
    identity = Identity.of(stubborn.pid)
    assert identity
    another = Identity(stubborn.pid, identity.started - 60)
    another.end(patience=0)
    assert not another.lives, "a number that was given anew is another process"
    assert identity.lives
    identity.end(patience=0.1)
    assert not identity.lives
    assert stubborn.wait() == -9
    identity.end(patience=0)


def test_a_port_tells_who_holds_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        assert processes.listens(port)
        assert processes.holder_of(port) == f"{psutil.Process().name()} (pid {psutil.Process().pid})"
    assert processes.holder_of(processes.free_port()) == "a process of another user"
    assert not processes.listens(5432, "no.such.host.invalid")


def test_what_is_started_from_the_background_of_a_script_can_be_interrupted() -> None:
    ask = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN, flush=True)"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ask!r}])"
    heed = f"from local.processes import heed_interrupts; heed_interrupts(); {start}"

    def ignores(program: str) -> bool:
        background = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", program]
        said = subprocess.run(background, capture_output=True, text=True, check=True).stdout
        return said == "True\n"

    assert (ignores(start), ignores(heed)) == (True, False)
