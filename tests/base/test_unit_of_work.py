"""One transaction, one actor: what is done in it becomes true together or not at all, and is told so."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from psycopg import errors as postgres
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from tests.base.at_once import at_once
from tests.base.world import World, word
from vectoricons.common import outbox
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database, Pools
from vectoricons.common.errors import Duplicate, is_transient
from vectoricons.common.events import Event, EventHistoryRow
from vectoricons.common.keyset import Ask
from vectoricons.common.outbox import Envelope, EventOutboxRow
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.event_histories import EventHistoryService
from vectoricons.products.tags import TagRepository, TagService
from vectoricons.users import UserService

SYSTEM = Actor.system("test")


class Interrupted(Exception):
    """Something that goes wrong in the middle."""


def test_a_clean_exit_commits(database: Database) -> None:
    name = word("tag")
    with database.unit_of_work(SYSTEM) as work:
        TagService(work).create({"name": name})
    assert _tags(database, name) == 1


def test_an_error_takes_everything_back_but_the_record_of_what_failed(database: Database) -> None:
    name, effects = word("tag"), []

    def twice(work: UnitOfWork) -> None:
        work.after_commit(lambda: effects.append("done"))
        TagService(work).create({"name": name})
        TagService(work).create({"name": name})

    with pytest.raises(Duplicate):
        _in_one(database, twice, trace_id="trace-1")
    assert _tags(database, name) == 0
    assert effects == []
    with database.unit_of_work(SYSTEM) as work:
        told = EventHistoryService(work).get_where({"trace_id": "trace-1"})
        sent = work.session.scalars(select(EventOutboxRow).where(EventOutboxRow.trace_id == "trace-1")).all()
    (failure,) = told
    assert (failure.name, failure.status, failure.actor) == ("tag.failed.create", "FAILED", "system:test")
    assert failure.payload["error"]["code"] == "duplicate"
    assert sent == []


def test_a_failure_that_was_got_over_is_recorded_too(database: Database) -> None:
    name = word("tag")
    with database.unit_of_work(SYSTEM, trace_id="trace-2") as work:
        TagService(work).create({"name": name})
        with pytest.raises(Duplicate), work.savepoint():
            TagService(work).create({"name": name})
    assert _tags(database, name) == 1
    with database.unit_of_work(SYSTEM) as work:
        names = [event.name for event in EventHistoryService(work).get_where({"trace_id": "trace-2"})]
    assert names == ["tag.before.create", "tag.after.create", "tag.failed.create"]


def test_what_follows_a_commit_cannot_undo_it(database: Database) -> None:
    name, effects = word("tag"), []

    def fail() -> None:
        raise Interrupted

    with database.unit_of_work(SYSTEM) as work:
        TagService(work).create({"name": name})
        work.after_commit(fail)
        work.after_commit(lambda: effects.append(_tags(database, name)))
    assert effects == [1], "done once it was true, although another effect failed"


def test_a_lost_connection_is_the_error_that_is_seen(database: Database) -> None:
    def cut_off(work: UnitOfWork) -> None:
        work.record(Event(name="tag.failed.create"))
        _kill(database, work)
        work.session.execute(text("select 1"))

    with pytest.raises(OperationalError):
        _in_one(database, cut_off)
    assert _tags(database, "anything") == 0, "the pool has a new connection"


def test_a_record_that_cannot_be_written_does_not_hide_the_error(database: Database) -> None:
    def unspeakable(work: UnitOfWork) -> None:
        work.record(Event(name="tag.failed." + "x" * 200))
        raise Interrupted

    with pytest.raises(Interrupted):
        _in_one(database, unspeakable)


def test_an_unexpected_error_is_told_without_its_words(work: UnitOfWork) -> None:
    with pytest.raises(ProgrammingError), work.savepoint():
        TagService(work).create({"name": object()})
    work.commit()
    told = EventHistoryService(work).get_where({"name": "tag.failed.create"})
    assert told[-1].payload["error"] == {"code": "internal-error", "detail": "ProgrammingError"}


def test_the_whole_transaction_is_tried_again_when_that_may_help(database: Database) -> None:
    name, tries = word("tag"), []

    def work(unit: UnitOfWork) -> str:
        tries.append(name)
        TagService(unit).create({"name": name})
        if len(tries) == 1:
            _kill(database, unit)
            unit.session.execute(text("select 1"))
        return "done"

    assert database.transact(SYSTEM, work) == "done"
    assert (len(tries), _tags(database, name)) == (2, 1)


def test_what_no_second_try_can_mend_is_not_tried_again(database: Database) -> None:
    tries = []

    def work(_unit: UnitOfWork) -> None:
        tries.append(1)
        raise Interrupted

    with pytest.raises(Interrupted):
        database.transact(SYSTEM, work)
    assert tries == [1]


def test_two_that_wait_for_each_other_both_get_there(database: Database) -> None:
    first, second = word("tag"), word("tag")
    with database.unit_of_work(SYSTEM) as work:
        TagRepository(work.session).create_many([{"name": first}, {"name": second}])
    both_hold_one = threading.Barrier(2, timeout=20)

    def crossing(mine: str, other: str) -> Callable[[UnitOfWork], None]:
        tries: list[int] = []

        def work(unit: UnitOfWork) -> None:
            tags = TagRepository(unit.session)
            tags.update_where({"name": mine}, {"is_active": False})
            if not tries:
                tries.append(1)
                both_hold_one.wait()
            tags.update_where({"name": other}, {"is_active": False})

        return work

    assert not at_once(
        lambda: database.transact(SYSTEM, crossing(first, second)),
        lambda: database.transact(SYSTEM, crossing(second, first)),
    )


def test_only_errors_of_the_moment_are_transient() -> None:
    assert is_transient(OperationalError("", {}, postgres.DeadlockDetected()))
    assert is_transient(OperationalError("", {}, postgres.AdminShutdown()))
    assert not is_transient(OperationalError("", {}, postgres.InsufficientPrivilege()))
    assert not is_transient(ValueError())


def test_reads_need_no_transaction(database: Database) -> None:
    with database.reader() as connection:
        began = [connection.scalar(text("select now()")) for _ in range(3)]
        assert connection.scalar(text("show statement_timeout")) == "10s"
        assert connection.scalar(text("show timezone")) == "UTC"
    assert len(set(began)) == 3, "each statement is a transaction of its own"


def test_a_statement_that_takes_too_long_is_ended(database: Database) -> None:
    hasty = Database(database.url, pools=Pools(statement_timeout=0.05))
    with pytest.raises(OperationalError, match="statement timeout"), hasty.unit_of_work(SYSTEM) as work:
        work.session.execute(text("select pg_sleep(5)"))
    hasty.close()


# -- the outbox


def test_an_event_leaves_if_and_only_if_the_transaction_commits(database: Database) -> None:
    name = "upload-batch.after.publish"

    def interrupted(work: UnitOfWork) -> None:
        work.emit(Event(name=name, data={"batch": 1}))
        raise Interrupted

    with pytest.raises(Interrupted):
        _in_one(database, interrupted)
    with database.unit_of_work(SYSTEM, trace_id="trace-3") as work:
        event = Event(name=name, data={"batch": word("batch"), "when": Event(name="a.b.c").occurred_at})
        work.emit(event)
    with database.unit_of_work(SYSTEM) as work:
        sent = [envelope for envelope in outbox.claim(work.session, 100) if envelope.name == name]
    assert [envelope.id for envelope in sent] == [event.id]
    (envelope,) = sent
    assert envelope.to_json() == _as_json(envelope)
    assert envelope.data["when"].endswith("Z")


def test_an_event_with_a_key_is_written_once(work: UnitOfWork) -> None:
    name = word("upload-batch.after.publish")
    for _ in range(2):
        work.emit(Event(name=name, key="publish:1"))
    work.emit(Event(name=name), Event(name=name))
    work.emit()
    assert [envelope.name for envelope in outbox.claim(work.session, 100)].count(name) == 3


def test_two_relays_never_claim_the_same_event(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        work.session.execute(text("delete from event_outbox"))
        work.emit(*(Event(name=f"tag.after.number-{number}") for number in range(6)))
    with database.unit_of_work(SYSTEM) as one, database.unit_of_work(SYSTEM) as other:
        mine, theirs = outbox.claim(one.session, 4), outbox.claim(other.session, 4)
        assert [envelope.name[-1] for envelope in (*mine, *theirs)] == list("012345"), "oldest first"
        outbox.mark_published(one.session, [envelope.id for envelope in mine])
        outbox.mark_attempted(other.session, [envelope.id for envelope in theirs])
    with database.unit_of_work(SYSTEM) as work:
        left = outbox.claim(work.session, 10)
        assert [envelope.id for envelope in left] == [envelope.id for envelope in theirs]
        rows = work.session.scalars(select(EventOutboxRow).order_by(EventOutboxRow.id)).all()
    assert [(row.attempts, row.published_at is not None) for row in rows] == [(1, True)] * 4 + [
        (1, False)
    ] * 2


def test_history_tells_what_happened_to_one_thing(work: UnitOfWork) -> None:
    tag = TagService(work).create({"name": word("tag")})
    TagService(work).update(tag.id, {"name": word("tag")})
    TagService(work).delete(tag.id)
    ask = Ask(key="secret", sort_by="id", descending=False)
    told = EventHistoryService(work).get_by_entity("tag", tag.id, asked=ask).items
    assert [event.operation for event in told] == ["create", "update", "update", "delete", "delete"]
    assert told[-1].payload == {"ids": (tag.id,)}
    assert told[0].user_id is None


def test_no_event_tells_a_secret(work: UnitOfWork) -> None:
    user = World(work).user()
    UserService(work).set_password(user.id, "Correct-Horse-1")
    UserService(work).update(user.id, {"reset_password_token": "0123456789abcdef"})
    everything = "".join(str(row.payload) for row in work.session.scalars(select(EventHistoryRow)))
    assert "argon2" not in everything
    assert "0123456789abcdef" not in everything


def _in_one(database: Database, steps: Callable[[UnitOfWork], None], trace_id: str | None = None) -> None:
    with database.unit_of_work(SYSTEM, trace_id=trace_id) as work:
        steps(work)


def _tags(database: Database, name: str) -> int:
    with database.reader() as connection:
        found: int = connection.execute(
            text("select count(*) from tags where name = :name"), {"name": name}
        ).scalar_one()
    return found


def _kill(database: Database, work: UnitOfWork) -> None:
    """What a fail-over does to the connection *work* is on."""
    backend = work.session.scalar(text("select pg_backend_pid()"))
    with database.reader() as connection:
        connection.execute(text("select pg_terminate_backend(:backend)"), {"backend": backend})


def _as_json(envelope: Envelope) -> str:
    content: dict[str, Any] = {
        "id": str(envelope.id),
        "name": envelope.name,
        "occurredAt": envelope.occurred_at.isoformat().replace("+00:00", "Z"),
        "actor": "system:test",
        "traceId": "trace-3",
        "data": envelope.data,
    }
    return json.dumps(content, separators=(",", ":"))
