"""Conversions: what the batch converter has done of a job, so that it goes on where it was killed.

A job is a source, a target and a recipe, in one share of the keys. Each run of it is a row, and so is each
file that the run is done with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, Uuid, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from vectoricons.common.ids import uuid7
from vectoricons.common.row import HasTimestamps, Table, one_of

PAGE = 1000


class ConversionOutcome(StrEnum):
    """What became of a file."""

    CONVERTED = "converted"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class ConversionRunRow(Table, HasTimestamps):
    """One run of a job; the newest is the one to go on with."""

    __tablename__ = "conversion_runs"
    __table_args__ = (Index("ix_conversion_runs_job", "job", "created_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    job: Mapped[str] = mapped_column(String(64))


class ConversionRow(Table, HasTimestamps):
    """A file that a run is done with. ``version`` is the source's; the reason is that of a failure."""

    __tablename__ = "conversions"
    __table_args__ = (one_of("outcome", ConversionOutcome),)

    run_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversion_runs.id", ondelete="cascade"), primary_key=True
    )
    object_key: Mapped[str] = mapped_column(String(1024), primary_key=True)
    version: Mapped[str] = mapped_column(String(255))
    outcome: Mapped[str] = mapped_column(String(16))
    bytes_in: Mapped[int] = mapped_column(BigInteger)
    bytes_out: Mapped[int] = mapped_column(BigInteger)
    reason_code: Mapped[str | None] = mapped_column(String(64))
    reason_detail: Mapped[str | None] = mapped_column(Text)
    reason_hint: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A file that a run is done with."""

    object_key: str
    version: str
    outcome: ConversionOutcome
    bytes_in: int
    bytes_out: int
    reason_code: str | None = None
    reason_detail: str | None = None
    reason_hint: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A run added up. Bytes are those of what was converted."""

    outcomes: Mapping[str, int]
    reasons: Mapping[str, int]
    bytes_in: int
    bytes_out: int


class Conversions:
    """Runs and what they are done with, as one transaction sees them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def newest_run(self, job: str) -> UUID | None:
        """The run of *job* to go on with."""
        newest = select(ConversionRunRow.id).where(ConversionRunRow.job == job)
        return self._session.scalar(newest.order_by(ConversionRunRow.created_at.desc()).limit(1))

    def begin_run(self, job: str) -> UUID:
        """A new run; what was known of earlier ones of the same job is forgotten."""
        self._session.execute(delete(ConversionRunRow).where(ConversionRunRow.job == job))
        row = ConversionRunRow(id=uuid7(), job=job)
        self._session.add(row)
        self._session.flush()
        return row.id

    def settled(self, run: UUID, keys: Sequence[str]) -> dict[str, str]:
        """The version of each of *keys* that the run is done with."""
        there = select(ConversionRow.object_key, ConversionRow.version).where(
            ConversionRow.run_id == run, ConversionRow.object_key.in_(keys)
        )
        return {row.object_key: row.version for row in self._session.execute(there)}

    def record(self, run: UUID, conversions: Sequence[Conversion]) -> None:
        """Note *conversions*, no two of one key; a later one takes the place of an earlier."""
        rows = [{"run_id": run, **_columns(each)} for each in conversions]
        statement = insert(ConversionRow)
        changes = {name: statement.excluded[name] for name in Conversion.__slots__ if name != "object_key"}
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["run_id", "object_key"],
                set_=changes | {"updated_at": func.statement_timestamp()},
            ),
            rows,
        )

    def tally(self, run: UUID) -> Tally:
        """All of it added up."""
        row = ConversionRow
        of_run = row.run_id == run
        outcomes = select(row.outcome, func.count()).where(of_run).group_by(row.outcome)
        reasons = (
            select(row.reason_code, func.count())
            .where(of_run, row.reason_code.is_not(None))
            .group_by(row.reason_code)
        )
        sizes = select(func.sum(row.bytes_in), func.sum(row.bytes_out)).where(
            of_run, row.outcome == ConversionOutcome.CONVERTED
        )
        bytes_in, bytes_out = self._session.execute(sizes).one()
        return Tally(
            dict(self._session.execute(outcomes).all()),
            {code: count for code, count in self._session.execute(reasons) if code},
            int(bytes_in or 0),
            int(bytes_out or 0),
        )

    def failures(self, run: UUID) -> Iterator[Conversion]:
        """What failed, by key."""
        row, after = ConversionRow, ""
        while True:
            page = self._session.scalars(
                select(row)
                .where(row.run_id == run, row.outcome == ConversionOutcome.FAILED, row.object_key > after)
                .order_by(row.object_key)
                .limit(PAGE)
            ).all()
            yield from map(_conversion, page)
            if len(page) < PAGE:
                return
            after = page[-1].object_key


def _columns(conversion: Conversion) -> dict[str, object]:
    return {name: getattr(conversion, name) for name in Conversion.__slots__}


def _conversion(row: ConversionRow) -> Conversion:
    values = {name: getattr(row, name) for name in Conversion.__slots__}
    return Conversion(**values)
