"""Migrations: how the schema gets to be the one this code needs, however many processes try at once.

Each migration is a transaction. An advisory lock lets one process migrate while the others wait; time-outs
keep a migration from queueing behind, or holding up, the traffic it meets.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, MetaData, NullPool, text

import vectoricons
from vectoricons.common.database import engine
from vectoricons.common.errors import SchemaMismatch
from vectoricons.common.row import Table
from vectoricons.config import DatabaseSettings

SCRIPTS = Path(__file__).parents[2] / "migrations"
LOCK = "select pg_advisory_lock(hashtext('vectoricons migrations'))"
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "5min"
WAIT_FOR_OTHERS = "15min"


def upgrade(where: DatabaseSettings | URL | str, *, revision: str = "head") -> str | None:
    """Bring the database to *revision*; what is there already stays. Returns the revision it is at then."""
    with engine(where, poolclass=NullPool).connect() as connection:
        connection.execute(text(f"set statement_timeout = '{WAIT_FOR_OTHERS}'"))
        connection.execute(text(LOCK))  # held by the session: until this connection closes
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"set statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
        command.upgrade(_config(connection), revision)
        return revision_of(connection)


def needed() -> str | None:
    """The revision this code was written for: the newest there is a script of."""
    return _scripts().get_current_head()


def revision_of(connection: Connection) -> str | None:
    """The revision the database is at; None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether the database is at the needed revision, or past it: migrations expand before they contract."""
    with engine.connect() as connection:
        there = revision_of(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    return there is not None and (there == needed() or there not in known)


def require_current(engine: Engine) -> None:
    """Raises SchemaMismatch unless the database is at the needed revision or past it."""
    if not is_current(engine):
        raise SchemaMismatch(
            f"The database is not at schema revision {needed()} yet. `api migrate` brings it there."
        )


@cache
def metadata() -> MetaData:
    """The tables of every module there is."""
    for module in pkgutil.walk_packages(vectoricons.__path__, "vectoricons."):
        importlib.import_module(module.name)
    return Table.metadata


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
