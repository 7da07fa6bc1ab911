"""Whole answers in memory: kept as long as they may be, and no longer, and no more than there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from containers.api.byte_cache import ByteCache

MOST = 64_000


class Origin:
    """An app that counts how often it is asked, and a clock that a test turns."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = 0.0
        self.answer: Callable[[Request], Response] = lambda _: self.kept("drawn")

    def kept(self, body: str, seconds: int = 60) -> Response:
        response = Response(body, headers={"X-Request-Id": "of-one-answer"})
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
        response.add_etag()
        return response

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.asked += 1
        request = Request(environ)
        return self.answer(request).make_conditional(environ)(environ, start_response)


@pytest.fixture
def origin() -> Origin:
    return Origin()


@pytest.fixture
def client(origin: Origin) -> Client:
    return Client(ByteCache(origin, most=MOST, clock=lambda: origin.now))


def test_an_answer_is_made_once_while_it_may_be_kept(origin: Origin, client: Client) -> None:
    first = client.get("/a?x=1")
    origin.now = 59
    again = client.get("/a?x=1")
    assert (again.data, again.headers["ETag"], again.headers["Age"]) == (
        b"drawn",
        first.headers["ETag"],
        "59",
    )
    assert origin.asked == 1
    assert "X-Request-Id" not in again.headers
    origin.now = 60
    assert client.get("/a?x=1").headers["Age"] == "0"
    assert origin.asked == 2


def test_another_address_is_another_answer(origin: Origin, client: Client) -> None:
    origin.answer = lambda request: origin.kept(request.full_path)
    assert [client.get(path).text for path in ("/a?x=1", "/a?x=2", "/b?x=1")] == [
        "/a?x=1",
        "/a?x=2",
        "/b?x=1",
    ]


def test_who_has_it_already_gets_304_from_the_first_time_on(origin: Origin, client: Client) -> None:
    tag = origin.kept("drawn").headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get("/a", headers={"If-None-Match": known})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == tag
    assert client.get("/a", headers={"If-None-Match": '"other"'}).data == b"drawn"
    assert origin.asked == 1


@pytest.mark.parametrize("how", ["private", "no-store", "no age", "cookie", "404", "POST", "HEAD"])
def test_what_is_not_for_everybody_passes_through(origin: Origin, client: Client, how: str) -> None:
    def answer(_: Request) -> Response:
        response = origin.kept("drawn")
        if how in ("private", "no-store", "no age"):
            said = {"private": "private, max-age=60", "no-store": "no-store", "no age": "public"}
            response.headers["Cache-Control"] = said[how]
        if how == "cookie":
            response.set_cookie("a", "b")
        response.status_code = 404 if how == "404" else 200
        return response

    origin.answer = answer
    method = how if how in ("POST", "HEAD") else "GET"
    for _ in range(2):
        passed = client.open("/a", method=method)
        assert passed.headers["X-Request-Id"] == "of-one-answer"
    assert origin.asked == 2


def test_the_least_used_goes_first_and_the_whole_stays_within_its_bounds(
    origin: Origin, client: Client
) -> None:
    origin.answer = lambda request: origin.kept("x" * 2_000)
    for number in range(100):
        client.get(f"/{number}")
        client.get("/0")
    assert origin.asked == 100
    client.get("/50")
    assert origin.asked == 101


def test_an_answer_that_is_too_large_is_not_kept(origin: Origin, client: Client) -> None:
    origin.answer = lambda _: origin.kept("x" * (MOST // 16))
    assert client.get("/a").data == client.get("/a").data
    assert origin.asked == 2


def test_an_answer_in_pieces_is_closed_and_whole(origin: Origin, client: Client) -> None:
    closed: list[bool] = []

    def pieces() -> Iterator[str]:
        yield "dr"
        yield "awn"

    def answer(_: Request) -> Response:
        response = Response(pieces(), headers={"Cache-Control": "public, max-age=60"})
        response.call_on_close(lambda: closed.append(True))
        return response

    origin.answer = answer
    assert [client.get("/a").data for _ in range(2)] == [b"drawn", b"drawn"]
    assert closed == [True]


def test_many_at_once_get_whole_answers(origin: Origin) -> None:
    origin.answer = lambda request: origin.kept(request.path * 100)
    cache = ByteCache(origin, most=MOST, clock=lambda: origin.now)
    wrong: list[str] = []

    def ask() -> None:
        client = Client(cache)
        for number in range(300):
            path = f"/{number % 40}"
            if client.get(path).text != path * 100:
                wrong.append(path)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
