"""What a run has done so far, kept so that a killed one goes on where it was: here in a local file."""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol
from uuid import uuid4

from containers.converter.reasons import CannotRun
from containers.converter.results import Found, Outcome, Result, Totals
from vectoricons.common.reason import Reason

_SCHEMA = """
    create table if not exists run (id text not null);
    create table if not exists results (
        key text primary key, version text not null, outcome text not null,
        bytes_in integer not null, bytes_out integer not null, code text, detail text, hint text
    ) without rowid;
"""
_RECORD = "insert or replace into results values (?, ?, ?, ?, ?, ?, ?, ?)"
_SIZES = "select coalesce(sum(bytes_in), 0), coalesce(sum(bytes_out), 0) from results where outcome = ?"
_REASONS = "select code, count(*) from results where code is not null group by code"
_FAILURES = "select key, code, detail, hint from results where code is not null order by key"
_SETTLED = "select key, version from results where key in (select value from json_each(?))"


class Checkpoint(Protocol):
    """The results of one run. *run* names it and stays the same however often it is resumed."""

    @property
    def run(self) -> str:
        """The run's id."""
        ...

    def unsettled(self, page: Sequence[Found]) -> list[Found]:
        """Those of *page* that have no result, or are another version now."""
        ...

    def record(self, results: Sequence[Result]) -> None:
        """Make *results* last, all or none; a later result of the same key takes the place of the earlier."""
        ...

    def totals(self) -> Totals:
        """All results so far."""
        ...

    def failures(self) -> Iterator[tuple[str, Reason]]:
        """Keys that failed, and why, by key."""
        ...

    def close(self) -> None:
        """Let another process have it."""
        ...


class LocalCheckpoint:
    """A checkpoint in an SQLite file, for one process at a time."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._held = path.with_suffix(".lock").open("a")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._held.close()
            raise CannotRun(f"Another converter is at the same work now: it holds {path}.") from None
        if not resume:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        self._turn = Lock()  # one thread lists while another records
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("pragma journal_mode = wal")
        self._file.execute("pragma synchronous = normal")
        self._file.executescript(_SCHEMA)
        self._file.execute("insert into run select ? where not exists (select 1 from run)", (uuid4().hex,))
        (self.run,) = self._file.execute("select id from run").fetchone()

    def unsettled(self, page: Sequence[Found]) -> list[Found]:
        """Those of *page* that have no result, or are another version now."""
        keys = json.dumps([found.key for found in page])
        with self._turn:
            settled = dict(self._file.execute(_SETTLED, (keys,)))
        return [found for found in page if settled.get(found.key) != found.version]

    def record(self, results: Sequence[Result]) -> None:
        """Make *results* last, all or none."""
        with self._turn:
            self._file.execute("begin immediate")
            self._file.executemany(_RECORD, map(_row, results))
            self._file.execute("commit")

    def totals(self) -> Totals:
        """All results so far."""
        with self._turn:
            counts = dict(self._file.execute("select outcome, count(*) from results group by outcome"))
            sizes = self._file.execute(_SIZES, (Outcome.CONVERTED,)).fetchone()
            reasons = dict(self._file.execute(_REASONS))
        return Totals(
            converted=counts.get(Outcome.CONVERTED, 0),
            unchanged=counts.get(Outcome.UNCHANGED, 0),
            failed=counts.get(Outcome.FAILED, 0),
            bytes_in=sizes[0],
            bytes_out=sizes[1],
            reasons=reasons,
        )

    def failures(self) -> Iterator[tuple[str, Reason]]:
        """Keys that failed, and why, by key."""
        for key, code, detail, hint in self._file.execute(_FAILURES):
            yield key, Reason(code, detail, hint)

    def close(self) -> None:
        """Let another process have it."""
        self._file.close()
        self._held.close()


def _row(result: Result) -> tuple[object, ...]:
    reason = result.reason
    why = (reason.code, reason.detail, reason.hint) if reason else (None, None, None)
    found = result.found
    return (found.key, found.version, result.outcome, found.size, result.bytes_out, *why)
