"""Requests that may come twice: they are done once, and the first answer is the answer to all.

The row of a key is written in the transaction of what it stands for. Who comes second waits for it, and finds
the answer; if the first one died or was refused, there is no row, and the second one is the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import (
    ColumnElement,
    DateTime,
    ForeignKey,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from vectoricons.common.errors import Invalid
from vectoricons.common.row import Row
from vectoricons.common.unit_of_work import UnitOfWork

KEY = re.compile(r"[!-~]{8,64}")
KEPT = timedelta(hours=24)

_FORGET = text("""
    delete from idempotency_keys where id in (
        select id from idempotency_keys where created_at < statement_timestamp() - :kept
        order by created_at limit :limit for update skip locked)
    returning id
""")


class IdempotencyKeyRow(Row):
    """What a user's key stands for. One without a status stands for what is asked anew each time."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    key: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    location: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.statement_timestamp(), index=True
    )


class KeyReused(Invalid):
    """The key came with another request than the one it stands for."""

    code = "idempotency-key-reused"
    title = "The key stands for another request"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: whose, under which key, and what it is, in short: another one has another *fingerprint*."""

    user_id: int
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a status, a text, and where to find what was made."""

    body: str
    status: int = HTTPStatus.OK
    location: str | None = None


def once(work: UnitOfWork, sent: Sent, effect: Callable[[], Answer]) -> Answer:
    """The answer to what was *sent*: of *effect*, or the one of its first coming. Raises KeyReused."""
    if not _begun(work.session, sent):
        first = _first(work.session, sent)
        return first or once(work, sent, effect)  # None: it was forgotten this very moment
    answer = effect()
    work.session.execute(update(IdempotencyKeyRow).where(*_is(sent)).values(asdict(answer)))
    return answer


def claim(work: UnitOfWork, sent: Sent) -> None:
    """Have the key stand for what was *sent*, whose answer may be kept nowhere. Raises KeyReused."""
    if not _begun(work.session, sent):
        _first(work.session, sent)


def forget(work: UnitOfWork, limit: int = 1000) -> int:
    """Forget what was kept long enough, *limit* at a time; returns how many."""
    return len(work.session.scalars(_FORGET, {"kept": KEPT, "limit": limit}).all())


def _begun(session: Session, sent: Sent) -> bool:
    """Whether the key is new. Waits for who is just using it."""
    row = {"user_id": sent.user_id, "key": sent.key, "fingerprint": sent.fingerprint}
    new = insert(IdempotencyKeyRow).values(row).on_conflict_do_nothing(index_elements=["user_id", "key"])
    return session.scalar(new.returning(IdempotencyKeyRow.id)) is not None


def _first(session: Session, sent: Sent) -> Answer | None:
    row = session.scalars(select(IdempotencyKeyRow).where(*_is(sent))).one_or_none()
    if row is None:
        return None
    if row.fingerprint != sent.fingerprint:
        raise KeyReused(
            f'The Idempotency-Key "{sent.key}" came with another request before. Send a new one with this.'
        )
    return Answer(row.body or "", row.status or HTTPStatus.OK, row.location)


def _is(sent: Sent) -> tuple[ColumnElement[bool], ...]:
    return IdempotencyKeyRow.user_id == sent.user_id, IdempotencyKeyRow.key == sent.key
