"""Fill a database with a believable marketplace: ``make seed SCALE=small`` or ``SCALE=full``.

``DATABASE_URL`` names the database, which is made if there is none and must be empty; without it, it is
``vectoricons_small`` or ``vectoricons_full`` on the running region's Postgres. The same seed makes the same
rows, whenever and wherever, and what is there already is kept. At the end it prints rows and seconds by
table, and one line of JSON.

It stands here and not in ``base``, which no stranger's data may be part of, nor in a container, whose image
would carry it into production; ``local`` may not know the tables.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import click
import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table as Shown
from sqlalchemy import URL, make_url

from bench.seed import loading
from bench.seed.catalogue import catalogue
from bench.seed.catalogue_plan import Plan
from bench.seed.ledger import ledger
from bench.seed.people import people
from bench.seed.scale import SCALES, Scale
from bench.seed.tables import Table
from bench.seed.trade import trade
from local.region.record import read_record
from vectoricons.common import migrate

REGION = Path(os.environ.get("REGION", ".region"))
MAINTENANCE = "postgres"
_NOTED = """
    select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()
"""


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--seed", default=1, show_default=True, help="Another number is another marketplace.")
def main(scale: str, seed: int) -> None:
    """Fill an empty database with a marketplace."""
    console = Console(stderr=True)
    url = _database(scale)
    began = time.perf_counter()
    try:
        _make(url)
        migrate.upgrade(url)
        marketplace = fill(url, scale, seed, console)
    except psycopg.Error as error:
        sys.exit(f"{url.render_as_string()}: {str(error).strip()}")
    print(json.dumps({**marketplace, "seconds": round(time.perf_counter() - began, 1)}))


def fill(url: URL, scale: str, seed: int, console: Console) -> dict[str, Any]:
    """Fill the migrated database at *url*, and say what is in it then. What is there already is kept.

    Ends the process, in words, if something else is in it.
    """
    with psycopg.connect(_plain(url)) as connection:
        made = _marketplace_in(connection)
        if made is not None and (made["scale"], made["seed"]) == (scale, seed):
            return {**made, "kept": True}
        if connection.execute("select exists (select from users)").fetchone() != (False,):
            sys.exit(f"{url.database} is not empty. Name another in DATABASE_URL, or drop it first.")
        roles: dict[str, int] = dict(connection.execute("select value, id from user_roles").fetchall())
        report = loading.Loader(connection, console).load(tables(SCALES[scale], seed, roles))
        made = {
            "scale": scale,
            "seed": seed,
            "database": url.database,
            "rows": sum(report.rows.values()),
            "rows_by_table": report.rows,
            "seconds_by_part": report.seconds,
            "digest": report.digest,
        }
        _note(connection, made)
    _show(report, console)
    return made


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


def _database(scale: str) -> URL:
    """The database to fill: the one that is named, or one of its own in the region."""
    named = os.environ.get("DATABASE_URL")
    if named:
        return make_url(named).set(drivername="postgresql+psycopg")
    region = read_record(REGION)
    if region is None:
        sys.exit("No region runs. Start it with `make up`, or name a database in DATABASE_URL.")
    server = region.postgres
    return URL.create(
        "postgresql+psycopg",
        server.user,
        server.password or None,
        server.host,
        server.port,
        f"vectoricons_{scale}",
    )


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


if __name__ == "__main__":
    main()
