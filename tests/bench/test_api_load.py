"""The load: what a stall costs is counted, and an answer that is none is no quick answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random
from threading import Thread

from bench.api_journey import Asked
from bench.api_load import Client, Taken, Times, closed, opened
from local.processes import free_port

BUSY = 0.02  # seconds that the server works for each answer, one after the other


class OneByOne(BaseHTTPRequestHandler):
    """A server that does one thing at a time."""

    def do_GET(self) -> None:
        time.sleep(BUSY)
        self.send_response(404 if self.path == "/nothing" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), OneByOne) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_in_the_open_loop_who_queues_behind_a_slow_answer_waits_on_the_clock() -> None:
    with serving() as port:
        journey = [Asked("page", "/")] * 20
        taken = opened(Client({"serve": port}), journey, per_second=20 / BUSY, draw=Random(1))
    assert [one.status for one in taken] == [200] * 20
    least = 20 * BUSY * 1000 * 0.5  # all come at once, so half the time of all is the least the last waits
    assert max(one.ms for one in taken) > least


def test_in_the_closed_loop_each_connection_asks_when_it_has_its_answer() -> None:
    with serving() as port:
        taken = closed(Client({"serve": port}), lambda _draw: Asked("page", "/"), connections=2, seconds=0.2)
    assert 2 <= len(taken) <= 0.2 / BUSY + 2
    assert all(one.ms >= BUSY * 1000 for one in taken)


def test_a_refusal_and_silence_are_told_apart_from_answers() -> None:
    with serving() as port:
        refused = Client({"serve": port}).ask(Asked("page", "/nothing"))
    silent = Client({"serve": free_port()}).ask(Asked("page", "/"))
    assert [(one.status, one.is_good) for one in (refused, silent)] == [(404, False), (0, False)]


def test_of_a_hundred_answers_the_slow_ones_are_told() -> None:
    times = Times.of(Taken("page", float(ms), 200) for ms in range(101))
    assert times == Times(101, 50, 95, 99)
    assert Times.of([Taken("page", 7, 200)]) == Times(1, 7, 7, 7)
