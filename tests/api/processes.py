"""The commands of the api image as real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from local.processes import free_port, stop, tethered, wait_for_port
from local.valkey import Valkey
from tests.api.clients import SETTINGS


def environment(database_url: str, valkey: Valkey, **more: str) -> dict[str, str]:
    """What a task definition gives the services, and nothing of this process but its PATH and coverage."""
    url = make_url(database_url)
    kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COV")}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing-secret",
        "CACHE_HOST": "127.0.0.1",
        "CACHE_PORT": str(valkey.port),
        "CACHE_TLS": "false",
        "CACHE_USER": "",
        "DATABASE_HOST": str(url.host),
        "DATABASE_NAME": str(url.database),
        "DATABASE_PORT": str(url.port),
        "DATABASE_SSLMODE": "disable",
        "DATABASE_USER": str(url.username),
        "LOG_LEVEL": "INFO",
        "STACK": "local",
        **{name.upper(): str(value) for name, value in SETTINGS.items()},
        **more,
    }


def command(*arguments: str) -> list[str]:
    """The api image's entry point with *arguments*."""
    return [sys.executable, "-m", "containers.api.cli", *arguments]


def run(arguments: list[str], env: dict[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        command(*arguments), env=env, input=stdin, capture_output=True, text=True, timeout=120, check=False
    )


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: its process, where it listens, and its log."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lines(self) -> list[dict[str, Any]]:
        """What it logged; every line must be JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def serving(name: str, folder: Path, env: dict[str, str], port: int = 0) -> Iterator[Service]:
    """The service *name* (a command of the image) on *port*, or on a free one."""
    port = port or free_port()
    log = folder / f"{name}-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            tethered(command(name)),
            env={**env, "PORT": str(port), "SERVICE": name},
            stdout=out,
            stderr=out,
            process_group=0,
        )
    try:
        wait_for_port(port, process, log_file=log, name=name, patience=60)
        yield Service(process, port, log)
    finally:
        stop(process, patience=20)
