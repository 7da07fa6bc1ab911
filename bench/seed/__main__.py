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

import click
import psycopg
from rich.console import Console
from sqlalchemy import URL, make_url

from bench.seed import marketplace
from bench.seed.scale import SCALES
from local.region.record import read_record

REGION = Path(os.environ.get("REGION", ".region"))


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--seed", default=1, show_default=True, help="Another number is another marketplace.")
def main(scale: str, seed: int) -> None:
    """Fill an empty database with a marketplace."""
    console = Console(stderr=True)
    url = _database(scale)
    began = time.perf_counter()
    try:
        made = marketplace.made(url, scale, seed, console)
    except psycopg.Error as error:
        sys.exit(f"{url.render_as_string()}: {str(error).strip()}")
    print(json.dumps({**made, "seconds": round(time.perf_counter() - began, 1)}))


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


if __name__ == "__main__":
    main()
