"""What the API is measured on: 750,000 icons in a Postgres that is kept, a Valkey, the real api process."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from redis import Redis
from rich.console import Console
from sqlalchemy import URL, make_url

from bench.seed import marketplace
from local import postgres, valkey
from local.processes import free_port, stop, tethered, wait_for_port
from local.setup.alone import cache_directory
from vectoricons.common.cache import Shared
from vectoricons.common.database import Database
from vectoricons.products import catalogue_facets

BUFFERS = "2GB"
"""What RDS gives production's instance class: a quarter of its memory."""
KEY = secrets.token_hex(32)
"""What this run's page tokens are signed with, by the api and by who asks for a page at random depth."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the api listens, what it stands on, and the processes that serve it."""

    port: int
    database: Database
    servers: dict[str, psutil.Process]

    def seconds(self) -> dict[str, float]:
        """Processor seconds that each server has used so far, with all it started."""
        return {name: _seconds(process) for name, process in self.servers.items()}

    def memory(self) -> list[int]:
        """Bytes that the processes of the api hold now, the parent's first."""
        api = self.servers["api"]
        return [member.memory_info().rss for member in (api, *api.children(recursive=True))]


@contextmanager
def standing(scale: str) -> Iterator[Stand]:
    """A stand with a marketplace of this *scale*, which is made at the first run and kept for the next."""
    kept = cache_directory() / "bench" / f"marketplace-{scale}"
    with (
        postgres.running(kept, free_port(), buffers=BUFFERS) as server,
        tempfile.TemporaryDirectory(prefix="bench-api-") as folder,
        valkey.running(Path(folder) / "valkey", free_port()) as cache,
    ):
        url = make_url(server.url("marketplace"))
        marketplace.made(url, scale, 1, Console(stderr=True))
        shared = catalogue_facets.Alone(Shared(Redis.from_url(cache.url)))
        database = Database(url, cache=shared, application="bench")
        with _api(url, cache.port, Path(folder)) as (process, port):
            servers = {"api": process.pid, "Postgres": server.process.pid, "Valkey": cache.process.pid}
            yield Stand(port, database, {name: psutil.Process(pid) for name, pid in servers.items()})
        database.close()


@contextmanager
def _api(url: URL, cache_port: int, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """``api serve``, with what its task definition would tell it."""
    port, log = free_port(), folder / "api.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            tethered([sys.executable, "-m", "containers.api.cli", "serve"]),
            env={"PATH": os.environ["PATH"], **_environment(url, cache_port, port)},
            stdout=out,
            stderr=out,
            process_group=0,
        )
    try:
        wait_for_port(port, process, log_file=log, name="api", patience=60)
        yield process, port
    finally:
        stop(process, patience=20)


def _environment(url: URL, cache_port: int, port: int) -> dict[str, str]:
    root = Path(__file__).resolve().parent.parent
    return {
        "ASSETS_URL": "http://assets.test",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "CACHE_HOST": "127.0.0.1",
        "CACHE_PORT": str(cache_port),
        "CACHE_TLS": "false",
        "CACHE_USER": "",
        "CDN_KEY_ID": "K1",
        "CDN_PRIVATE_KEY": _private_key(),
        "DATABASE_HOST": str(url.host),
        "DATABASE_NAME": str(url.database),
        "DATABASE_PORT": str(url.port),
        "DATABASE_SSLMODE": "disable",
        "DATABASE_USER": str(url.username),
        "LOG_LEVEL": "INFO",
        "PORT": str(port),
        "PYTHONPATH": f"{root}:{root / 'base'}",
        "SERVICE": "api",
        "SESSION_KEY": KEY,
        "SITE_URL": "http://localhost",
        "STACK": "local",
        "STREAM_URL": "http://localhost:1",
        "UPLOADS_BUCKET": "vectoricons-local-uploads",
    }


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _seconds(process: psutil.Process) -> float:
    used = 0.0
    for member in (process, *process.children(recursive=True)):
        times = member.cpu_times()
        used += times.user + times.system + times.children_user + times.children_system
    return used
