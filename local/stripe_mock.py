"""Stripe's part in tests: its own stand-in, which checks each request against the API's description.

It answers with examples and remembers nothing.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from local.engine.programs import built
from local.processes import stop, tethered, wait_for_port
from local.progress import Steps

MODULE = Path(__file__).parent / "engine" / "stripe_mock"
PACKAGE = "github.com/stripe/stripe-mock"


@dataclass(frozen=True, slots=True)
class StripeMock:
    """A running server: where it listens and which process it is."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The API's address."""
        return f"http://127.0.0.1:{self.port}"


def program(steps: Steps) -> Path:
    """The server's program; built from its Go module at the first call."""
    return built(MODULE, PACKAGE, steps)


@contextmanager
def running(directory: Path, port: int) -> Iterator[StripeMock]:
    """The server on 127.0.0.1:*port*; stopped at the end."""
    directory.mkdir(parents=True, exist_ok=True)
    log_file = directory / "stripe-mock.log"
    # It listens for HTTPS whether asked or not: without an address, on one port of all interfaces.
    command = [
        str(program(Steps(Console(stderr=True)))),
        *("-http-addr", f"127.0.0.1:{port}"),
        *("-https-addr", "127.0.0.1:0"),
    ]
    with log_file.open("ab") as log:
        process = subprocess.Popen(tethered(command), stdout=log, stderr=log, process_group=0)
    wait_for_port(port, process, log_file=log_file, name="stripe-mock")
    try:
        yield StripeMock(port, process)
    finally:
        stop(process, patience=5)
