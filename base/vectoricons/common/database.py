"""Postgres: a pool for units of work, and one that reads without a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg import ClientCursor
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.orm import sessionmaker
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from vectoricons.common.actor import Actor
from vectoricons.common.cache import Cache
from vectoricons.common.errors import is_transient
from vectoricons.common.password import ManagedPassword, sign_in_with
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config import DatabaseSettings

T = TypeVar("T")

SHORT: Mapping[str, str] = {
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_generic_plan",
}
"""Reads take milliseconds: compiling them, or starting helpers for them, takes longer, and planning the long
ones as long again. So each is planned once a connection, for whatever values come; Postgres by itself would
go on planning where those of its first five values were cheap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """How many connections a process may hold; how many seconds a statement and a lock wait may take."""

    writers: int = 5
    readers: int = 10
    statement_timeout: float = 30
    read_timeout: float = 10
    lock_timeout: float = 5


class Database:
    """One Postgres database. Cheap to make; connects when it is first used."""

    def __init__(
        self,
        where: DatabaseSettings | URL | str,
        *,
        pools: Pools | None = None,
        cache: Cache | None = None,
        application: str = "vectoricons",
    ) -> None:
        pools = pools or Pools()
        self._cache = cache
        self.writer = engine(
            where,
            pool_size=pools.writers,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args=_session(application, pools.statement_timeout, pools.lock_timeout),
        )
        # A catalogue read is one statement: BEGIN, ROLLBACK and a reset would be three more round trips.
        self._reader = engine(
            where,
            pool_size=pools.readers,
            max_overflow=0,
            pool_reset_on_return=None,
            skip_autocommit_rollback=True,
            isolation_level="AUTOCOMMIT",
            connect_args={
                **_session(application, pools.read_timeout, pools.lock_timeout, SHORT),
                "prepare_threshold": 0,
            },
        )
        self._sessions = sessionmaker(self.writer, expire_on_commit=False)

    @property
    def url(self) -> URL:
        """Where it is."""
        return self.writer.url

    @contextmanager
    def unit_of_work(self, actor: Actor, *, trace_id: str | None = None) -> Iterator[UnitOfWork]:
        """One transaction as *actor*: commits on a clean exit, rolls back on an error."""
        with self._sessions() as session:
            work = UnitOfWork(session, actor, cache=self._cache, trace_id=trace_id)
            try:
                yield work
                work.commit()
            except BaseException:
                work.rollback()
                raise

    def transact(
        self,
        actor: Actor,
        work: Callable[[UnitOfWork], T],
        *,
        attempts: int = 3,
        trace_id: str | None = None,
    ) -> T:
        """The result of *work* in a transaction of its own; all of it is tried again after what may pass."""

        def once() -> T:
            with self.unit_of_work(actor, trace_id=trace_id) as unit:
                return work(unit)

        retrying = Retrying(
            retry=retry_if_exception(is_transient),
            stop=stop_after_attempt(attempts),
            wait=wait_random_exponential(multiplier=0.05, max=2),
            reraise=True,
        )
        return retrying(once)

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """An AUTOCOMMIT connection for reads that need no transaction."""
        with self._reader.connect() as connection:
            yield connection

    def close(self) -> None:
        """Give every connection back to the server."""
        self.writer.dispose()
        self._reader.dispose()


def engine(where: DatabaseSettings | URL | str, **options: Any) -> Engine:
    """An engine of the database at *where*, which signs in as the settings say."""
    if not isinstance(where, DatabaseSettings):
        return create_engine(where, **options)
    made = create_engine(where.url, **options)
    if where.secret_arn:
        sign_in_with(ManagedPassword(where.secret_arn, where.region), made)
    return made


@contextmanager
def planned_for_values(connection: Connection) -> Iterator[None]:
    """Statements in here are planned for the values they come with, each time.

    A plan that is kept is one for any word: for a word that hardly anything has, or that everything has, it
    is the wrong one. Planning costs a millisecond or two. The driver writes the values into the statement, so
    that there is nothing left to be planned for but them.
    """
    driver: Any = connection.connection.driver_connection
    kept, driver.cursor_factory = driver.cursor_factory, ClientCursor
    try:
        yield
    finally:
        driver.cursor_factory = kept


def _session(
    application: str, statement_timeout: float, lock_timeout: float, more: Mapping[str, str] | None = None
) -> dict[str, Any]:
    options = {
        "timezone": "UTC",
        "statement_timeout": f"{statement_timeout * 1000:.0f}",
        "lock_timeout": f"{lock_timeout * 1000:.0f}",
        "idle_in_transaction_session_timeout": "60000",
        **(more or {}),
    }
    return {
        "application_name": application,
        "connect_timeout": 5,
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
    }
