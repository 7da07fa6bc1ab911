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
from sqlalchemy import URL, create_engine, make_url, text

from bench.seed import marketplace
from local import postgres, valkey
from local.processes import free_port, stop, tethered, wait_for_port
from local.setup.alone import cache_directory
from vectoricons.common import log
from vectoricons.common.cache import Shared
from vectoricons.common.database import Database
from vectoricons.products import catalogue_facets

BUFFERS = "2GB"
"""What RDS gives production's instance class: a quarter of its memory."""
VISITED = ("images", "icons", "illustrations", "families", "sets", "tags", "users")
"""What visitors read. A Postgres that has run for a day has all of it in its buffers, a new one nothing."""
KEY = secrets.token_hex(32)
"""What this run's page tokens are signed with, by the api and by who asks for a page at random depth."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where services of the api image listen, what they stand on, and the processes that serve them."""

    ports: dict[str, int]
    database: Database
    servers: dict[str, psutil.Process]

    def seconds(self) -> dict[str, float]:
        """Processor seconds that each server has used so far, with all it started."""
        return {name: _seconds(process) for name, process in self.servers.items()}

    def memory(self) -> list[int]:
        """Bytes that the processes of the api hold now, the parent's first."""
        api = self.servers["serve"]
        return [member.memory_info().rss for member in (api, *api.children(recursive=True))]


@contextmanager
def standing(scale: str) -> Iterator[Stand]:
    """A stand with a marketplace of this *scale*, which is made at the first run and kept for the next."""
    log.configure("bench", "WARNING")
    kept = cache_directory() / "bench" / f"marketplace-{scale}"
    with (
        postgres.running(kept, free_port(), buffers=BUFFERS) as server,
        tempfile.TemporaryDirectory(prefix="bench-api-") as folder,
        valkey.running(Path(folder) / "valkey", free_port()) as cache,
    ):
        url = make_url(server.url("marketplace"))
        marketplace.made(url, scale, 1, Console(stderr=True))
        _fill_buffers(url)
        shared = catalogue_facets.Alone(Shared(Redis.from_url(cache.url)))
        database = Database(url, cache=shared, application="bench")
        ports = {"serve": free_port(), "icons": free_port()}
        told = environment(url, cache.port)
        with (
            _service("serve", ports["serve"], told, Path(folder)) as serve,
            _service("icons", ports["icons"], told, Path(folder)) as icons,
        ):
            started = {"serve": serve, "icons": icons, "Postgres": server.process, "Valkey": cache.process}
            yield Stand(ports, database, {name: psutil.Process(one.pid) for name, one in started.items()})
        database.close()


def _fill_buffers(url: URL) -> None:
    """Read what visitors read once, so that a server is measured that has run for a while."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create extension if not exists pg_prewarm"))
        connection.execute(_PREWARMED, {"visited": list(VISITED)})
    engine.dispose()


_PREWARMED = text("""
    select pg_prewarm(part) from (
        select oid as part, oid as of from pg_class union all select indexrelid, indrelid from pg_index
    ) parts join pg_class visited on visited.oid = parts.of
    where visited.relname = any(:visited) and visited.relnamespace = 'public'::regnamespace
    order by array_position(:visited, visited.relname::text)
""")


@contextmanager
def _service(name: str, port: int, told: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``api NAME``, with what its task definition would tell it."""
    said = folder / f"{name}.log"
    with said.open("wb") as out:
        process = subprocess.Popen(
            tethered([sys.executable, "-m", "containers.api.cli", name]),
            env={"PATH": os.environ["PATH"], **told, "PORT": str(port), "SERVICE": name},
            stdout=out,
            stderr=out,
            process_group=0,
        )
    try:
        wait_for_port(port, process, log_file=said, name=f"api {name}", patience=60)
        yield process
    finally:
        stop(process, patience=20)


def environment(url: URL, cache_port: int) -> dict[str, str]:
    """What a task definition would tell every service of the api image."""
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
        "PYTHONPATH": f"{root}:{root / 'base'}",
        "SESSION_KEY": KEY,
        "SITE_URL": "http://localhost",
        "STACK": "local",
        "STREAM_URL": "http://localhost:1",
        "STRIPE_API_BASE": "http://localhost:1",
        "STRIPE_SECRET_KEY": "none",
        "STRIPE_WEBHOOK_SECRET": "none",
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
