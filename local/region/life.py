"""The one life of a region: begun, looked at, ended. What it held ends with it; its parts never disagree."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from local.processes import listens
from local.progress import Steps
from local.region.databases import drop
from local.region.ports import DEFAULT_BASE, Ports
from local.region.record import Processes, RegionRecord, read_record
from local.region.sources import REGION, fingerprint
from local.region.story import Story
from local.setup.errors import CommandError, Exit

MARK = ".vectoricons-region"
"""The file that says that a directory is a region: nothing else is ever deleted."""
START_PATIENCE = 60.0
ANSWER_PATIENCE = 10.0
END_PATIENCE = 180.0
"""Longer than any container's stop time-out, and the engine's end after it."""
REMAINS_PATIENCE = 20.0
"""Longer than an engine takes to end the containers it has."""


class Region:
    """The region in *directory*; its ports count from *base*, its programs run in *tree*."""

    def __init__(self, directory: Path, base: int, tree: Path) -> None:
        self.directory = directory.absolute()
        self.base = base
        self.ports = Ports.from_base(base)
        self.tree = tree

    @property
    def record(self) -> RegionRecord:
        """Where everything of it is. Raises CommandError when it is not up."""
        record = read_record(self.directory)
        if record is None:
            raise CommandError(f"There is no region in {self.directory}. Start it: make up")
        return record

    @classmethod
    def at(cls, directory: Path, base: int | None, tree: Path) -> Self:
        """The region in *directory*: on the ports it already has, else from *base* on.

        Raises CommandError when it is up on other ports than those asked for.
        """
        record = read_record(directory)
        if record is None:
            return cls(directory, base or DEFAULT_BASE, tree)
        there = record.ports["api"]
        if base not in (None, there):
            raise CommandError(
                f"The region in {directory} has its ports from {there} on. "
                f"End it first to move it: make down REGION={directory}"
            )
        return cls(directory, there, tree)

    def exists(self) -> bool:
        """Whether there is one, or remains of one. Raises CommandError when something else is there."""
        if self.directory.exists() and not (self.directory / MARK).exists():
            raise CommandError(
                f"{self.directory} is there already and is no region. Name a new one: REGION=/tmp/region",
                Exit.MACHINE,
            )
        return self.directory.exists()

    def dead_parts(self) -> list[str]:
        """What of it has died or does not answer, in words; empty when it is well."""
        processes, record = Processes.read(self.directory), read_record(self.directory)
        if processes is None or record is None:
            return ["its start was never finished, or it is another version's"]
        died = [
            f"{name} (pid {part.pid}) has died" for name, part in processes.parts.items() if not part.lives
        ]
        return died or _silent_parts(record)

    def begin(self, steps: Steps, *, as_containers: bool = False) -> None:
        """Start it if it is not there. If a part of it has died, say which, and start a fresh one.

        Raises CommandError when containers are asked for and it is up with processes.
        """
        if self.exists():
            faults = self.dead_parts() or self._changes()
            for words in faults:
                steps.console.print(
                    f"[yellow]The region is no longer whole: {words}.[/]", highlight=False, soft_wrap=True
                )
            if faults:
                with steps.step("Remains cleared away"):
                    self.end()
        if not self.exists():
            self.start(steps, as_containers=as_containers)
        if as_containers and not self.record.docker:
            raise CommandError(
                f"The region in {self.directory} runs its services as processes. End it first to run them as "
                "containers: make down"
            )

    def start(self, steps: Steps, *, as_containers: bool = False) -> None:
        """Start the daemon and wait until it serves. Raises CommandError with its last words if it fails."""
        self.ports.require_free()
        self.directory.mkdir(parents=True)
        (self.directory / MARK).touch()
        log = self.directory / "daemon.log"
        python = [sys.executable, "-m", "local", "--region", str(self.directory), "--port", str(self.base)]
        parts = "Docker, Postgres, Valkey, AWS" if as_containers else "Postgres, Valkey, AWS"
        with steps.step(f"Region: {parts}"), log.open("wb") as words:
            daemon = subprocess.Popen(
                [*python, "region", *(["--containers"] if as_containers else [])],
                cwd=self.tree,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
            )
            deadline = time.monotonic() + START_PATIENCE
            while not RegionRecord.path(self.directory).exists():
                if daemon.poll() is not None or time.monotonic() > deadline:
                    last = log.read_text(errors="replace").strip().splitlines()[-3:]
                    self.end()
                    raise CommandError("The region did not start: " + " / ".join(last))
                time.sleep(0.02)

    def end(self) -> None:
        """End every process of it and delete its directory. What is already gone is no error."""
        if not self.exists():
            return
        processes = Processes.read(self.directory)
        if processes:
            daemon = processes.parts.get("daemon")
            if daemon:
                daemon.end(patience=END_PATIENCE)
            self._remove_containers()
            for remains in [*processes.tasks, *processes.parts.values()]:
                remains.end(patience=REMAINS_PATIENCE)
        self._leave_foreign_postgres()
        shutil.rmtree(self.directory, ignore_errors=True)
        if self.directory.exists():
            raise CommandError(
                f"{self.directory} cannot be deleted; it belongs to another user.", Exit.MACHINE
            )

    def _changes(self) -> list[str]:
        is_same = self.record.made_by == fingerprint(self.tree, REGION)
        return [] if is_same else ["its own code in local/ has changed since it began"]

    def _remove_containers(self) -> None:
        """Those that a daemon which was killed could not end."""
        record = read_record(self.directory)
        if record and record.docker:
            from local.docker.engine import remove_containers  # here: hardly a region has containers
            from local.runner.containers import LABEL

            remove_containers(record.docker, f"{LABEL}={self.directory}")

    def _leave_foreign_postgres(self) -> None:
        record = read_record(self.directory)
        databases = Story.read(self.directory).databases if record else []
        if record and databases and not record.embeds_postgres:
            drop(record.postgres, databases)


def _silent_parts(record: RegionRecord) -> list[str]:
    addresses = {"Postgres": record.postgres, "Valkey": record.valkey}
    silent = [
        f"{name} does not answer at {server.host}:{server.port}"
        for name, server in addresses.items()
        if not listens(server.port, server.host)
    ]
    try:
        with urlopen(record.sink, timeout=ANSWER_PATIENCE):  # noqa: S310 (the region's own address)
            return silent
    except (URLError, TimeoutError):
        return [*silent, "the daemon does not answer"]
