"""Migrations: one schema, however many processes bring the database there at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from local.postgres import Postgres
from tests.databases import administer
from vectoricons.common import migrate
from vectoricons.common.database import Database
from vectoricons.common.errors import SchemaMismatch


@pytest.fixture
def empty(postgres_server: Postgres) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    name = f"empty_{uuid4().hex}"
    administer(postgres_server, f'create database "{name}"')
    yield postgres_server.url(name)
    administer(postgres_server, f'drop database "{name}" with (force)')


def test_the_migrated_schema_is_the_one_the_code_declares(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, migrate.metadata()) == []


def test_no_index_of_words_keeps_a_list_that_each_search_would_read_first(database: Database) -> None:
    keeping = text("""
        select index.oid::regclass::text from pg_class index join pg_am method on method.oid = index.relam
        where method.amname = 'gin' and index.relkind = 'i'
          and not coalesce('fastupdate=off' = any(index.reloptions), false)
    """)
    with database.reader() as connection:
        listing = list(connection.scalars(keeping))
    assert listing == [], "write: with (fastupdate = off)"


def test_two_that_migrate_at_once_make_one_schema(empty: str) -> None:
    ended: list[object] = []

    def upgrade() -> None:
        try:
            ended.append(migrate.upgrade(empty))
        except Exception as error:  # a thread's error must fail the test
            ended.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert ended == [migrate.needed()] * 3


def test_migrating_again_changes_nothing(database: Database) -> None:
    before = _schema(database.writer)
    assert migrate.upgrade(database.url) == migrate.needed()
    assert _schema(database.writer) == before


def test_a_migration_that_would_hold_up_traffic_gives_up_and_leaves_nothing(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "100ms")
    engine = create_engine(empty, poolclass=NullPool)
    first = migrate.upgrade(empty, revision="0001")
    with engine.connect() as traffic:
        # what the next migration refers to is being written to and must not be waited for without end
        traffic.execute(text("lock table users, sets, families in access exclusive mode"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.upgrade(empty)
        with engine.connect() as connection:
            assert migrate.revision_of(connection) == first
    assert migrate.upgrade(empty) == migrate.needed()


def test_workers_know_whether_the_schema_is_the_one_they_need(empty: str) -> None:
    engine = create_engine(empty, poolclass=NullPool)
    assert not migrate.is_current(engine)
    with pytest.raises(SchemaMismatch, match="api migrate"):
        migrate.require_current(engine)
    migrate.upgrade(empty, revision="0001")
    assert migrate.is_current(engine) is (migrate.needed() == "0001")
    migrate.upgrade(empty)
    migrate.require_current(engine)


def test_older_code_runs_on_a_newer_schema(database: Database) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    try:
        assert migrate.is_current(database.writer)
    finally:
        with database.writer.begin() as connection:
            connection.execute(text("update alembic_version set version_num = :it"), {"it": migrate.needed()})


def test_there_is_one_line_of_migrations_and_no_way_back() -> None:
    scripts = ScriptDirectory(str(migrate.SCRIPTS))
    assert scripts.get_heads() == [migrate.needed()]
    assert all(not hasattr(script.module, "downgrade") for script in scripts.walk_revisions())


def test_a_lock_left_by_another_is_waited_for(empty: str) -> None:
    engine = create_engine(empty, poolclass=NullPool)
    ended: list[str | None] = []
    with engine.connect() as other:
        other.execute(text(migrate.LOCK))
        waiting = threading.Thread(target=lambda: ended.append(migrate.upgrade(empty)))
        waiting.start()
        assert _comes_true(lambda: _waiting_for_lock(engine))
        assert ended == []
    waiting.join(timeout=60)
    assert ended == [migrate.needed()]


def _schema(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        columns = text(
            "select table_name, column_name, data_type, column_default from information_schema.columns"
            " where table_schema = 'public' order by 1, 2"
        )
        return [tuple(row) for row in connection.execute(columns)]


def _waiting_for_lock(engine: Engine) -> bool:
    with engine.connect() as connection:
        waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
        return bool(connection.scalar(text(waiting)))


def _comes_true(condition: Callable[[], bool], patience: float = 20) -> bool:
    deadline = time.monotonic() + patience
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()
