"""A checkpoint in Postgres: results, and what follows from them, become true in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from containers.converter.reasons import CannotRun
from containers.converter.results import Found, Result, Totals
from vectoricons import config
from vectoricons.common import migrate
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database, Pools
from vectoricons.common.errors import SchemaMismatch
from vectoricons.common.reason import Reason
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config import DatabaseSettings
from vectoricons.conversions import Conversion, ConversionOutcome, Conversions

POOLS = Pools(writers=3, readers=6, statement_timeout=300)  # one writer holds the job
ACTOR = Actor.system("converter")
_LOCK = text("select pg_try_advisory_lock(hashtextextended(:job, 0))")

T = TypeVar("T")
Effect = Callable[[UnitOfWork, Sequence[Result]], object]


def connect(service: str) -> Database:
    """The database that the environment names, as *service*."""
    return Database(config.load(DatabaseSettings), pools=POOLS, application=service)


class DatabaseCheckpoint:
    """The newest run of *job* (with *resume*), or a new one. *effect* is done with each batch of results."""

    def __init__(self, database: Database, job: str, *, resume: bool, effect: Effect | None = None) -> None:
        self._database = database
        self._effect = effect
        try:
            migrate.require_current(database.writer)
            self._held = database.writer.connect()
        except SchemaMismatch as error:
            raise CannotRun(str(error)) from error
        except DBAPIError as error:
            raise CannotRun(f"Postgres at {database.url.host} does not answer. Check DATABASE_*.") from error
        try:
            self._lock(job)
            self._run_id = self._transact(lambda work: _run_of(Conversions(work.session), job, resume))
        except BaseException:
            self._held.close()
            raise

    @property
    def run(self) -> str:
        """The run's id."""
        return self._run_id.hex

    def unsettled(self, page: Sequence[Found]) -> list[Found]:
        """Those of *page* that have no result, or are another version now."""
        settled = self._transact(
            lambda work: Conversions(work.session).settled(self._run_id, [found.key for found in page])
        )
        return [found for found in page if settled.get(found.key) != found.version]

    def record(self, results: Sequence[Result]) -> None:
        """Make *results* last, with what follows from them."""
        self._transact(lambda work: self._record(work, results))

    def totals(self) -> Totals:
        """All results so far."""
        tally = self._transact(lambda work: Conversions(work.session).tally(self._run_id))
        return Totals(
            **{outcome: tally.outcomes.get(outcome, 0) for outcome in ConversionOutcome},
            bytes_in=tally.bytes_in,
            bytes_out=tally.bytes_out,
            reasons=tally.reasons,
        )

    def failures(self) -> Iterator[tuple[str, Reason]]:
        """Keys that failed, and why, by key."""
        with self._database.unit_of_work(ACTOR) as work:
            for failed in Conversions(work.session).failures(self._run_id):
                reason = Reason(
                    failed.reason_code or "", failed.reason_detail or "", failed.reason_hint or ""
                )
                yield failed.object_key, reason

    def close(self) -> None:
        """Let another process have it."""
        self._held.close()

    def _lock(self, job: str) -> None:
        """Held by a connection of its own, until that closes, however this process ends."""
        is_ours = self._held.scalar(_LOCK, {"job": f"conversion {job}"})
        self._held.commit()
        if not is_ours:
            raise CannotRun(
                "Another converter is at the same work now: the same job and shard, in this database."
            )

    def _record(self, work: UnitOfWork, results: Sequence[Result]) -> None:
        Conversions(work.session).record(self._run_id, [_conversion(result) for result in results])
        if self._effect is not None:
            self._effect(work, results)

    def _transact(self, work: Callable[[UnitOfWork], T]) -> T:
        try:
            return self._database.transact(ACTOR, work)
        except OperationalError as error:
            raise CannotRun(
                f"Postgres at {self._database.url.host} stopped answering. --resume goes on when it is back."
            ) from error


def _run_of(conversions: Conversions, job: str, resume: bool) -> UUID:
    return (conversions.newest_run(job) if resume else None) or conversions.begin_run(job)


def _conversion(result: Result) -> Conversion:
    reason = result.reason
    return Conversion(
        object_key=result.found.key,
        version=result.found.version,
        outcome=ConversionOutcome(result.outcome),
        bytes_in=result.found.size,
        bytes_out=result.bytes_out,
        reason_code=reason.code if reason else None,
        reason_detail=reason.detail if reason else None,
        reason_hint=reason.hint if reason else None,
    )
