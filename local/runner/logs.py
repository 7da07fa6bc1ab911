"""Logs of the region's processes: one file a service, one JSON event a line, bounded in size."""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Protocol

LARGEST = 10_000_000
TOGETHER = 0.1
"""Lines that are not JSON and follow each other within so many seconds are one event: a traceback, say."""


class Sink(Protocol):
    """Another place for the lines of a container."""

    def put(self, line: bytes) -> None:
        """Take a line."""

    def flush(self) -> None:
        """Nothing follows for the moment, or at all."""


class LogFile:
    """The log of a service. At LARGEST bytes it becomes `.1` and a new one is begun, so two are kept."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self.path = path
        path.touch()
        self._largest = largest
        self._lock = Lock()

    def append(self, line: bytes) -> None:
        """Add one event."""
        with self._lock:
            if self.path.exists() and self.path.stat().st_size + len(line) > self._largest:
                self.path.replace(self.path.with_suffix(".jsonl.1"))
            with self.path.open("ab") as file:
                file.write(line + b"\n")


class Logs:
    """The logs of a region, in *directory*."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._files: dict[str, LogFile] = {}
        self._last_words: dict[str, str] = {}

    def last_words(self, task: str) -> str:
        """The last event that *task* wrote, in words."""
        return self._last_words.get(task, "")

    def event(self, service: str, **fields: object) -> None:
        """Write an event of the runner's own."""
        self._file(service).append(_event(service, **fields))

    def collect(
        self, service: str, container: str, task: str, also: Sink | None = None
    ) -> tuple[int, Thread]:
        """A file descriptor for the output of a process to be started; the caller closes it after the start.

        The thread ends with the process's last line, in the file and in *also*.
        """
        reading, writing = os.pipe()
        thread = Thread(
            target=self._pump, args=(reading, service, container, task, also), name=f"log-{task}", daemon=True
        )
        thread.start()
        return writing, thread

    def _pump(self, reading: int, service: str, container: str, task: str, also: Sink | None) -> None:
        file = self._file(service)
        loose: list[str] = []

        def settle() -> None:
            if loose:
                text = "\n".join(loose)
                self._last_words[task] = loose[-1]
                file.append(_event(service, level="info", event=text, container=container, task=task))
                loose.clear()

        for line in _lines(reading):
            if also:
                also.put(line) if line else also.flush()
            words = _words_of(line)
            if words is None and line:
                loose.append(line.decode(errors="replace"))
                continue
            settle()
            if words is not None:
                self._last_words[task] = words
                file.append(line)
        settle()
        if also:
            also.flush()
        os.close(reading)

    def _file(self, service: str) -> LogFile:
        if service not in self._files:
            self._files[service] = LogFile(self.directory / f"{service}.jsonl")
        return self._files[service]


def _lines(reading: int) -> Iterator[bytes]:
    """Lines as they come; an empty one whenever nothing came for a moment."""
    rest = b""
    while True:
        ready, _, _ = select.select([reading], [], [], TOGETHER)
        if not ready:
            yield b""
            continue
        chunk = os.read(reading, 65536)
        if not chunk:
            break
        *whole, rest = (rest + chunk).split(b"\n")
        yield from filter(None, whole)
    if rest:
        yield rest


def _words_of(line: bytes) -> str | None:
    """What the event on *line* says, or None when it is not a JSON event."""
    if not line.startswith(b"{"):
        return None
    try:
        event = json.loads(line)
    except ValueError:
        return None
    said = str(event.get("event", ""))
    return f"{said}: {event['error']}" if "error" in event else said


def _event(service: str, **fields: object) -> bytes:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"timestamp": now, "service": service, **fields}, ensure_ascii=False).encode()


def follow(path: Path, *, patience: float | None = None) -> Iterator[str]:
    """Lines of the log at *path* as they are written, across rotations, until *patience* idle seconds."""
    place, inode, idle_since = 0, 0, time.monotonic()
    while True:
        lines: list[str] = []
        if path.exists():
            with path.open() as file:
                if os.fstat(file.fileno()).st_ino != inode:
                    place, inode = 0, os.fstat(file.fileno()).st_ino
                file.seek(place)
                lines = file.readlines()
                place = file.tell()
        yield from lines
        if lines:
            idle_since = time.monotonic()
        elif patience is not None and time.monotonic() - idle_since >= patience:
            return
        else:
            time.sleep(0.1)
