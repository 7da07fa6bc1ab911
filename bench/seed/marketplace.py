"""A marketplace in a database: made once, kept, and known again by what it says of itself."""

from __future__ import annotations

import json
import sys
from typing import Any

import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table as Shown
from sqlalchemy import URL

from bench.seed import loading
from bench.seed.catalogue import catalogue
from bench.seed.catalogue_plan import Plan
from bench.seed.ledger import ledger
from bench.seed.people import people
from bench.seed.scale import SCALES, Scale
from bench.seed.tables import Table
from bench.seed.trade import trade
from vectoricons.common import migrate

MAINTENANCE = "postgres"
_NOTED = """
    select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()
"""


def made(url: URL, scale: str, seed: int, console: Console) -> dict[str, Any]:
    """The database at *url* with a marketplace in it: made, migrated and filled where it is not yet."""
    _make(url)
    migrate.upgrade(url)
    return fill(url, scale, seed, console)


def fill(url: URL, scale: str, seed: int, console: Console) -> dict[str, Any]:
    """Fill the migrated database at *url*, and say what is in it then. What is there already is kept.

    Ends the process, in words, if something else is in it.
    """
    with psycopg.connect(_plain(url)) as connection:
        known = _marketplace_in(connection)
        if known is not None and (known["scale"], known["seed"]) == (scale, seed):
            return {**known, "kept": True}
        if connection.execute("select exists (select from users)").fetchone() != (False,):
            sys.exit(f"{url.database} is not empty. Name another in DATABASE_URL, or drop it first.")
        roles: dict[str, int] = dict(connection.execute("select value, id from user_roles").fetchall())
        report = loading.Loader(connection, console).load(tables(SCALES[scale], seed, roles))
        filled = {
            "scale": scale,
            "seed": seed,
            "database": url.database,
            "rows": sum(report.rows.values()),
            "rows_by_table": report.rows,
            "seconds_by_part": report.seconds,
            "digest": report.digest,
        }
        _note(connection, filled)
    _show(report, console)
    return filled


def _marketplace_in(connection: psycopg.Connection) -> dict[str, Any] | None:
    """What was made in this database, if it was."""
    found = connection.execute(_NOTED).fetchone()
    noted: dict[str, Any] | None = json.loads(found[0]) if found and found[0] else None
    return noted


def _note(connection: psycopg.Connection, made: dict[str, Any]) -> None:
    """Leave word in the database of what is in it."""
    comment = sql.SQL("comment on database {} is {}")
    connection.execute(comment.format(sql.Identifier(connection.info.dbname), json.dumps(made)))


def tables(scale: Scale, seed: int, roles: dict[str, int]) -> list[Table]:
    """Everything that *seed* makes, in the order in which one thing refers to another."""
    plan = Plan.drawn(scale, seed)
    return [*people(scale, roles), *catalogue(plan), *trade(plan), *ledger(plan)]


def _make(url: URL) -> None:
    """Make the database if there is none."""
    with psycopg.connect(_plain(url.set(database=MAINTENANCE)), autocommit=True) as connection:
        known = connection.execute("select from pg_database where datname = %s", [url.database]).fetchone()
        if known is None:
            name = sql.Identifier(url.database or MAINTENANCE)
            connection.execute(sql.SQL("create database {}").format(name))


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _show(report: loading.Report, console: Console) -> None:
    shown = Shown("table", "rows", "seconds", box=None)
    for part, seconds in report.seconds.items():
        rows = report.rows.get(part)
        shown.add_row(part, "" if rows is None else f"{rows:,}", f"{seconds:.1f}")
    shown.add_row("all", f"{sum(report.rows.values()):,}", f"{sum(report.seconds.values()):.1f}")
    console.print(shown)
