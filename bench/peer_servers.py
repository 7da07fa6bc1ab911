"""The servers that are measured beside one another, each held to one core; Postgres is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import URL

from bench.api_stand import environment
from bench.processes import ROOT
from containers.api.icons import app
from containers.api.settings import WebSettings
from local.processes import free_port, stop, wait_for_port
from vectoricons.common import log
from vectoricons.common.database import Database, Pools
from vectoricons.config import DatabaseSettings, load

CORE = 0
THREADS = 8
PINNED = ("taskset", "-c", str(CORE))
GRANIAN = (
    *("granian", "--interface", "wsgi", "--factory", "--workers", "1", "--no-ws", "--log-level", "error"),
    *("--blocking-threads", str(THREADS), "--backpressure", str(THREADS)),
    *("--host", "127.0.0.1", "--port", "{port}"),
)


@contextmanager
def icons(folder: Path, where: URL) -> Iterator[str]:
    """``api icons`` as it runs in production, with its cache before Flask."""
    with _serving("icons", folder, where, [sys.executable, "-m", "containers.api.cli", "icons"]) as address:
        yield address


@contextmanager
def icons_uncached(folder: Path, where: URL) -> Iterator[str]:
    """The same app on the same server without its cache: every answer is Flask's and Postgres's."""
    command = [sys.executable, "-m", *GRANIAN, "bench.peer_servers:uncached"]
    with _serving("icons-uncached", folder, where, command) as address:
        yield address


@contextmanager
def api(folder: Path, where: URL, cache_port: int) -> Iterator[str]:
    """``api serve`` as it runs in production."""
    command = [sys.executable, "-m", "containers.api.cli", "serve"]
    with _serving("api", folder, where, command, cache_port=cache_port) as address:
        yield address


@contextmanager
def naive(folder: Path, where: URL) -> Iterator[str]:
    """The naive twin, on gunicorn with as many threads."""
    gunicorn = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", str(THREADS)]
    quiet = ["--no-control-socket", "--log-level", "error", "--bind", "127.0.0.1:{port}"]
    url = {"DATABASE_URL": where.render_as_string(hide_password=False)}
    command = [*gunicorn, *quiet, "bench.naive:create_app()"]
    with _serving("naive", folder, where, command, more=url) as address:
        yield address


def uncached() -> Flask:
    """The icons service's app, without its cache."""
    settings = load(WebSettings)
    log.configure(settings.service, settings.log_level)
    pools = Pools(writers=2, readers=app.THREADS)
    return app.create_app(settings, Database(load(DatabaseSettings), pools=pools))


@contextmanager
def _serving(
    name: str,
    folder: Path,
    where: URL,
    command: Sequence[str],
    *,
    more: Mapping[str, str] | None = None,
    cache_port: int = 1,  # nobody's: what has no cache asks for none
) -> Iterator[str]:
    """*command* on a port that it has for ``{port}``."""
    port, log_file = free_port(), folder / f"{name}.log"
    told = {**environment(where, cache_port), "PORT": str(port), "SERVICE": name}
    with log_file.open("wb") as out:
        process = subprocess.Popen(
            [*PINNED, *(part.format(port=port) for part in command)],
            env={"PATH": os.environ["PATH"], **told, **(more or {})},
            cwd=ROOT,
            stdout=out,
            stderr=out,
            process_group=0,
        )
    try:
        wait_for_port(port, process, log_file=log_file, name=name, patience=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process, patience=20)
