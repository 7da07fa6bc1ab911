"""Loading: ``COPY`` into tables without indexes and foreign keys, which are then made over all rows at once.

All of it is one transaction. Whoever looks sees nothing, or everything; a run that dies leaves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice

import psycopg
from psycopg import sql
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.seed.tables import Table

CHUNK = 5_000

_FOREIGN_KEYS = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where contype = 'f' and array[conrelid, confrelid]::regclass[] && %(tables)s::regclass[]
    order by conrelid, conname
"""
_UNIQUE = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where contype = 'u' and conrelid = any(%(tables)s::regclass[])
    order by conrelid, conname
"""
_INDEXES = """
    select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
    where indrelid = any(%(tables)s::regclass[])
      and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
    order by indrelid, indexrelid
"""


@dataclass
class Report:
    """How long each part took, and how many rows there are now."""

    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    digest: str = ""

    def timed(self, part: str, began: float) -> None:
        """Note how long *part* took since *began*."""
        self.seconds[part] = round(time.perf_counter() - began, 1)


class Loader:
    """Fills tables on one connection."""

    def __init__(self, connection: psycopg.Connection, console: Console) -> None:
        self._connection = connection
        self._console = console
        self._digest = blake2b(digest_size=16)
        self.report = Report()

    def load(self, tables: Sequence[Table]) -> Report:
        """Fill *tables*, which are empty, in their order."""
        names = [table.name for table in tables]
        self._connection.execute("set local maintenance_work_mem = '1GB'")
        remade = self._without_indexes(names)
        self._connection.execute(
            sql.SQL("truncate {}").format(_listed(names))
        )  # so that rows may come frozen
        for table in tables:
            self._copy(table)
        began = time.perf_counter()
        self._remake(remade)
        self.report.timed("indexes and constraints", began)
        began = time.perf_counter()
        for name in self._shown("statistics", names):
            self._connection.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))
        self.report.timed("statistics", began)
        self.report.digest = self._digest.hexdigest()
        return self.report

    def _copy(self, table: Table) -> None:
        began = time.perf_counter()
        into = sql.SQL("copy {} ({}) from stdin (freeze)").format(
            sql.Identifier(table.name), _listed(table.columns)
        )
        rows = 0
        with self._connection.cursor() as cursor, cursor.copy(into) as copy, self._bars() as bars:
            bar = bars.add_task(f"{table.name:<24}", total=table.rows)
            while lines := list(islice(table.lines, CHUNK)):
                block = "".join(lines).encode()
                copy.write(block)
                self._digest.update(block)
                rows += len(lines)
                bars.update(bar, advance=len(lines))
        if rows != table.rows:
            raise RuntimeError(f"{table.name}: {rows} rows came, and {table.rows} were announced.")
        self._go_on_after(table)
        self.report.rows[table.name] = rows
        self.report.timed(table.name, began)

    def _go_on_after(self, table: Table) -> None:
        """Let the database number new rows after these."""
        query = "select setval(pg_get_serial_sequence({name}, 'id'), {last})"
        if table.rows:
            self._connection.execute(sql.SQL(query).format(name=table.name, last=table.rows))

    def _without_indexes(self, names: Sequence[str]) -> list[str]:
        """Take away what slows rows down; the statements that bring it back, in order."""
        tables = {"tables": list(names)}
        foreign = self._connection.execute(_FOREIGN_KEYS, tables).fetchall()
        unique = self._connection.execute(_UNIQUE, tables).fetchall()
        indexes = self._connection.execute(_INDEXES, tables).fetchall()
        for table, name, _ in [*foreign, *unique]:
            self._run(f"alter table {table} drop constraint {name}")
        for name, _ in indexes:
            self._run(f"drop index {name}")
        for name in names:
            self._run(f"alter table {name} disable trigger user")
        constraints = [
            f"alter table {table} add constraint {name} {rule}" for table, name, rule in [*unique, *foreign]
        ]
        switched_on = [f"alter table {name} enable trigger user" for name in names]
        return [*(definition for _, definition in indexes), *constraints, *switched_on]

    def _remake(self, statements: Sequence[str]) -> None:
        for statement in self._shown("indexes and constraints", statements):
            self._run(statement)

    def _run(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    def _shown(self, label: str, parts: Sequence[str]) -> Iterator[str]:
        with self._bars() as bars:
            yield from bars.track(parts, description=f"{label:<24}")

    def _bars(self) -> Progress:
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
