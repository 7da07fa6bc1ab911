"""A region has one life: begun whole, ended whole, and what died is named."""

from __future__ import annotations

import io
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import redis
from click.testing import CliRunner
from rich.console import Console

from local import cli
from local.postgres import Postgres
from local.processes import Identity
from local.progress import Steps
from local.region import bringing_up, life
from local.region.bringing_up import BringingUp
from local.region.databases import Database
from local.region.life import Region
from local.region.ports import Ports
from local.region.record import Processes, read_look
from local.region.story import Story
from local.setup.errors import CommandError, Exit
from tests.local.ecs import Ecs, python

TREE = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], object], patience: float = 20) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Shown:
    """A region and what was said about it."""

    def __init__(self, directory: Path) -> None:
        self.region = Region(directory, Ports.free_base(), TREE)
        self._said = io.StringIO()
        self.steps = Steps(Console(file=self._said, width=200))

    def begin(self) -> str:
        """Begin the region; what was said meanwhile."""
        self._said.seek(0)
        self._said.truncate()
        self.region.begin(self.steps)
        return self._said.getvalue()

    def processes(self) -> list[Identity]:
        found = Processes.read(self.region.directory)
        assert found
        return [*found.parts.values(), *found.tasks]

    def part(self, name: str) -> Identity:
        found = Processes.read(self.region.directory)
        assert found
        return found.parts[name]

    def make(self, *arguments: str) -> tuple[int, str]:
        """The exit code and the words of a command of `python -m local`."""
        result = CliRunner().invoke(
            cli.main, ["--region", str(self.region.directory), *arguments], catch_exceptions=False
        )
        return result.exit_code, result.output


@pytest.fixture
def shown() -> Iterator[Shown]:
    """A region that is not begun yet; at the end there is none.

    It is not in pytest's own folder: that is closed to others, and Postgres is another user when we are root.
    """
    with TemporaryDirectory(prefix="vectoricons-") as folder:
        shown = Shown(Path(folder) / "region")
        yield shown
        shown.region.end()


def test_a_region_of_processes_does_not_become_one_of_containers(shown: Shown) -> None:
    shown.begin()
    with pytest.raises(CommandError, match="runs its services as processes"):
        shown.region.begin(shown.steps, as_containers=True)


def test_a_region_serves_postgres_valkey_and_aws_and_leaves_nothing(shown: Shown) -> None:
    assert "Region: Postgres, Valkey, AWS" in shown.begin()
    record = shown.region.record
    assert shown.region.dead_parts() == []
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{record.postgres.port}") as connection:
        connection.execute("create table remembered (id int)")
    assert redis.Redis(port=record.valkey.port).ping()
    assert (shown.region.directory / "region.json").stat().st_mode & 0o077 == 0
    assert shown.begin() == "", "a healthy region is left alone"
    living = shown.processes()

    assert shown.make("down")[0] == 0
    assert not shown.region.directory.exists()
    assert not any(process.lives for process in living)
    assert shown.make("down") == (0, "There is no region to end.\n")

    shown.begin()
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{record.postgres.port}") as connection:
        assert connection.execute("select to_regclass('remembered')").fetchone() == (None,)


def test_a_part_that_died_is_named_and_the_region_begun_anew(shown: Shown) -> None:
    shown.begin()
    for part in ("Postgres", "Valkey", "daemon"):
        before = shown.processes()
        killed = shown.part(part)
        os.kill(killed.pid, signal.SIGKILL)
        until(lambda gone=killed: not gone.lives)  # type: ignore[misc]
        assert shown.make("status") == (
            Exit.FAILED,
            f"✗ {part} (pid {killed.pid}) has died. Start a fresh region: make up\n",
        )
        assert f"The region is no longer whole: {part} (pid {killed.pid}) has died." in shown.begin()
        assert shown.region.dead_parts() == []
        assert not any(process.lives for process in before)


def test_a_region_that_does_not_answer_says_so_and_stays_on_its_ports(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.begin()
    code, said = shown.make("--port", "9000", "up")
    assert code == Exit.FAILED
    assert f"has its ports from {shown.region.base} on" in said
    daemon = shown.part("daemon").pid
    monkeypatch.setattr(life, "ANSWER_PATIENCE", 0.5)
    os.kill(daemon, signal.SIGSTOP)
    try:
        assert shown.region.dead_parts() == ["the daemon does not answer"]
    finally:
        os.kill(daemon, signal.SIGCONT)


def test_a_port_in_use_names_its_holder(shown: Shown) -> None:
    with socket.create_server(("127.0.0.1", shown.region.ports.stream)):
        code, said = shown.make("--port", str(shown.region.base), "up")
    assert code == Exit.PORT
    assert f"Port {shown.region.ports.stream} (stream) is taken by" in said
    assert f"(pid {os.getpid()})" in said
    assert not shown.region.exists()


def test_services_live_and_die_with_the_region(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.begin()
    ecs = Ecs.of_region(shown.region)
    sleep = """
import json, time
print(json.dumps({"event": "up", "timestamp": "2026-01-01T00:00:00Z"}))
time.sleep(600)
"""
    ecs.serve("api", ecs.define("api", {"name": "api", "command": python(sleep)}))
    until(lambda: [status.running for status in read_look(shown.region.directory).services] == [1])

    assert "api" in shown.make("status")[1]
    until(lambda: '"event": "up"' in shown.make("logs", "api", "--no-follow")[1])
    assert "There are: api" in shown.make("logs", "worker", "--no-follow")[1]
    living = shown.processes()
    os.kill(living[0].pid, signal.SIGKILL)
    shown.region.end()
    assert not any(process.lives for process in living)


def test_a_region_that_cannot_start_says_why(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///nowhere")
    code, said = shown.make("--port", str(shown.region.base), "up")
    assert code == Exit.FAILED
    assert "DATABASE_URL has no host in it" in said


def test_a_real_postgres_is_used_and_left_without_what_the_region_made_there(
    shown: Shown, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"postgresql://postgres@127.0.0.1:{postgres_server.port}"
    monkeypatch.setenv("DATABASE_URL", f"{address}/postgres")
    shown.begin()
    assert set(Processes.read(shown.region.directory).parts) == {"daemon", "Valkey"}  # type: ignore[union-attr]
    assert shown.region.record.postgres.port == postgres_server.port
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("create role someone login")
        connection.execute("create database made_by_the_region owner someone")
        Story(databases=[Database(name="made_by_the_region", owner="someone")]).write(shown.region.directory)
        shown.region.end()
        there = connection.execute("select datname from pg_database union select rolname from pg_roles")
        assert not {"made_by_the_region", "someone"} & {name for (name,) in there}


def test_a_service_that_never_runs_is_not_waited_for_in_vain(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing_up, "HOPELESS", 2)
    shown.begin()
    ecs = Ecs.of_region(shown.region)
    ecs.serve("api", ecs.define("api", {"name": "api", "command": ["sh", "-c", "echo no database; exit 1"]}))
    with pytest.raises(CommandError) as error:
        BringingUp(shown.region, shown.steps).wait_until_ready()
    assert error.value.code == Exit.SERVICE
    assert "api: Essential container in task exited: api ended with exit code 1" in str(error.value)
    assert "its last words: no database" in str(error.value)
    code, said = shown.make("status")
    assert code == Exit.FAILED
    assert "last words: no database" in said


def test_a_directory_that_is_no_region_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    for command in ("up", "down"):
        result = CliRunner().invoke(cli.main, ["--region", str(tmp_path), command])
        assert result.exit_code == Exit.MACHINE
        assert "is there already and is no region" in result.output
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_region_of_older_code_is_begun_anew(shown: Shown) -> None:
    shown.begin()
    record = shown.region.record
    record.model_copy(update={"made_by": "what local/ was before"}).write(shown.region.directory)
    assert "its own code in local/ has changed since it began" in shown.begin()
    (shown.region.directory / "region.json").write_text("{}")
    assert "its start was never finished, or it is another version's" in shown.begin()
    assert shown.region.dead_parts() == []
