"""Rounds: work beside a process's own."""

from __future__ import annotations

from threading import Event, Thread, current_thread

from psycopg.errors import AdminShutdown
from sqlalchemy.exc import OperationalError

from vectoricons.common.rounds import rounds

PATIENCE = 20


def test_rounds_go_on_though_the_database_is_away_and_end_with_the_block() -> None:
    stop, third = Event(), Event()
    seen: list[Thread] = []

    def go() -> None:
        seen.append(current_thread())
        if len(seen) == 1:
            raise OperationalError("select 1", {}, AdminShutdown())
        if len(seen) == 3:
            third.set()

    with rounds("test", go, every=0.001, stop=stop):
        assert third.wait(PATIENCE)
    assert stop.is_set()
    assert not seen[0].is_alive()
    assert seen[0].name == "test"


def test_a_process_that_is_told_to_stop_waits_for_no_round() -> None:
    stop, went = Event(), Event()

    def go() -> None:
        went.set()
        stop.set()

    with rounds("test", go, every=3600, stop=stop):
        assert went.wait(PATIENCE)
