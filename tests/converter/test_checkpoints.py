"""A checkpoint in a file and one in Postgres keep the same promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from containers.converter.checkpoint import Checkpoint, LocalCheckpoint
from containers.converter.database_checkpoint import DatabaseCheckpoint
from containers.converter.reasons import CannotRun, Cause
from containers.converter.results import Found, Outcome, Result, Totals
from vectoricons.common.database import Database
from vectoricons.common.reason import Reason

Opened = Callable[..., Checkpoint]


@pytest.fixture(params=["file", "database"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Opens the checkpoint of a job; each kind in turn."""
    held: list[Checkpoint] = []

    def open_(job: str = "job", *, resume: bool = True) -> Checkpoint:
        if request.param == "file":
            held.append(LocalCheckpoint(tmp_path / f"{job}.sqlite", resume=resume))
        else:
            database: Database = request.getfixturevalue("database")
            held.append(DatabaseCheckpoint(database, job, resume=resume))
        return held[-1]

    yield open_
    for checkpoint in held:
        checkpoint.close()


def found(number: int, version: str = "1") -> Found:
    return Found(f"ann/{number:04}.svg", 100, version)


def converted(number: int) -> Result:
    return Result(found=found(number), outcome=Outcome.CONVERTED, bytes_out=30)


def failed(number: int, cause: Cause = Cause.EMPTY) -> Result:
    return Result.failed(found(number), Reason.of(cause))


def test_what_was_recorded_is_there_when_the_run_is_resumed(opened: Opened) -> None:
    first = opened()
    unchanged = Result(found=found(3), outcome=Outcome.UNCHANGED)
    first.record([converted(1), converted(2), unchanged, failed(4), failed(5, Cause.MISSING)])
    first.close()
    second = opened()
    assert second.run == first.run
    assert second.totals() == Totals(2, 1, 2, 200, 60, {"file-empty": 1, "file-missing": 1})
    assert list(second.failures()) == [
        ("ann/0004.svg", Reason.of(Cause.EMPTY)),
        ("ann/0005.svg", Reason.of(Cause.MISSING)),
    ]


def test_only_what_has_no_result_of_its_version_is_unsettled(opened: Opened) -> None:
    checkpoint = opened()
    checkpoint.record([converted(1), failed(2), converted(3)])
    page = [found(1), found(2), found(3, version="2"), found(4)]
    assert checkpoint.unsettled(page) == [found(3, version="2"), found(4)]


def test_a_later_result_takes_the_place_of_the_earlier(opened: Opened) -> None:
    checkpoint = opened()
    checkpoint.record([failed(1)])
    checkpoint.record([converted(1)])
    assert checkpoint.totals() == Totals(1, 0, 0, 100, 30)
    assert list(checkpoint.failures()) == []


def test_a_new_run_knows_nothing_of_the_old_one(opened: Opened) -> None:
    first = opened()
    first.record([converted(1)])
    first.close()
    second = opened(resume=False)
    assert second.run != first.run
    assert second.totals() == Totals()


def test_jobs_know_nothing_of_each_other(opened: Opened) -> None:
    one, other = opened("one"), opened("other")
    one.record([converted(1)])
    assert other.unsettled([found(1)]) == [found(1)]


def test_one_job_is_for_one_process_at_a_time(opened: Opened) -> None:
    first = opened()
    with pytest.raises(CannotRun, match="Another converter"):
        opened()
    first.close()
    opened()


def test_failures_come_by_key_however_many_there_are(opened: Opened) -> None:
    checkpoint = opened()
    checkpoint.record([failed(number) for number in range(1500)])
    keys = [key for key, _ in checkpoint.failures()]
    assert keys == [found(number).key for number in range(1500)]
