"""Migrated databases for tests: the schema is made once per test process and cloned in a tenth of a second.

``database`` is a committed one for a test module; ``work`` is a unit of work whose effects are rolled back. A
room's ``conftest.py`` takes both as fixtures with ``from tests.databases import database, template, work``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.orm import Session

from local.postgres import Postgres
from vectoricons.common import migrate
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.unit_of_work import UnitOfWork

TEMPLATE = "template_vectoricons"


@pytest.fixture(scope="session")
def template(postgres_server: Postgres) -> str:
    """The name of a migrated database that nobody connects to: clones are made of it."""
    return _made_once(postgres_server)


@pytest.fixture(scope="module")
def database(postgres_server: Postgres, template: str) -> Iterator[Database]:
    """A database of this test module alone: what it commits, its tests see."""
    with cloned(postgres_server, template) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def work(database: Database) -> Iterator[UnitOfWork]:
    """A unit of work of the system, in a transaction that is rolled back; what it commits, it alone sees."""
    with rolled_back(database, Actor.system("test")) as unit:
        yield unit


@contextmanager
def rolled_back(database: Database, actor: Actor) -> Iterator[UnitOfWork]:
    """A unit of work as *actor*; its commits are savepoints in a transaction that leaves nothing."""
    with database.writer.connect() as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield UnitOfWork(session, actor)
        transaction.rollback()


@contextmanager
def cloned(server: Postgres, template: str) -> Iterator[str]:
    """The URL of a fresh copy of *template*, dropped at the end whoever is still connected."""
    name = f"test_{uuid4().hex}"
    administer(server, f'create database "{name}" template "{template}"')
    try:
        yield server.url(name)
    finally:
        administer(server, f'drop database "{name}" with (force)')


@cache
def _made_once(server: Postgres) -> str:
    """Several rooms take the fixture, and to pytest each is another one."""
    administer(server, f'create database "{TEMPLATE}"')
    migrate.upgrade(server.url(TEMPLATE))
    return TEMPLATE


def administer(server: Postgres, statement: str) -> None:
    """Run a statement that cannot be in a transaction."""
    engine = create_engine(make_url(server.url()), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
