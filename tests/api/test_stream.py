"""Streams of events: what they tell, to whom, and when they end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from containers.api import stream, tickets, watching
from containers.api.settings import ApiSettings
from containers.api.watching import Watcher
from tests.api.factories import Shelf
from vectoricons.common.database import Database
from vectoricons.uploads.batches import BatchState, UploadBatch
from vectoricons.uploads.progress import Change

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LIFE", 5.0)
    monkeypatch.setattr(watching, "TICK", 0.05)


@pytest.fixture
def streaming(settings: ApiSettings, database: Database) -> Iterator[Flask]:
    app = stream.create_app(settings, database)
    yield app
    app.extensions[stream.WATCHER].close()


@pytest.fixture
def listener(streaming: Flask) -> FlaskClient:
    return streaming.test_client()


@pytest.fixture
def batch(shelf: Shelf) -> UploadBatch:
    """An upload of two files that are being drawn."""
    made = shelf.upload(filename="two.zip")
    shelf.entries(made, ["one.svg", "two.svg"])
    return made


def address(settings: ApiSettings, batch_id: UUID, **more: str) -> str:
    ticket = tickets.issue(settings.keys, batch_id)
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/api/v1/uploads/{batch_id}/events?ticket={ticket}{query}"


def reject(shelf: Shelf, batch: UploadBatch, entry_no: int) -> None:
    shelf.settle(batch, entry_no, code="file-empty", detail="is empty", hint="-")


class Events:
    """An open stream, read event by event."""

    def __init__(self, answer: Any) -> None:
        assert answer.status_code == 200, answer.text
        self._chunks = answer.iter_encoded()
        self._waiting: list[str] = []
        self.answer = answer

    def next(self) -> dict[str, Any]:
        """The next event: its fields, ``data`` parsed. Raises StopIteration at the end of the stream."""
        while not self._waiting:
            self._waiting = [part for part in next(self._chunks).decode().split("\n\n") if part]
        lines = [line.partition(": ") for line in self._waiting.pop(0).split("\n")]
        event = {name: value for name, _, value in lines}
        return {**event, "data": json.loads(event["data"])} if "data" in event else event

    def rest(self) -> list[dict[str, Any]]:
        """All events to the end of the stream."""
        events = []
        while True:
            try:
                events.append(self.next())
            except StopIteration:
                return events


def test_a_stream_tells_how_it_stands_and_then_what_changes(
    listener: FlaskClient, settings: ApiSettings, shelf: Shelf, batch: UploadBatch
) -> None:
    events = Events(listener.get(address(settings, batch.id)))
    assert events.next() == {"retry": "2000"}
    items, upload = events.next(), events.next()
    assert (items["event"], [item["state"] for item in items["data"]]) == ("items", ["queued", "queued"])
    assert (upload["event"], upload["data"]["counts"]["total"]) == ("upload", 2)

    shelf.settle(batch, 2, code="file-empty", detail="is empty", hint="-")
    items, upload = events.next(), events.next()
    assert [(item["entryNo"], item["state"], item["code"]) for item in items["data"]] == [
        (2, "rejected", "file-empty")
    ]
    assert upload["data"]["counts"]["rejected"] == 1
    events.answer.close()


def test_a_stream_ends_with_its_upload_and_is_not_asked_for_again(
    listener: FlaskClient, settings: ApiSettings, shelf: Shelf, batch: UploadBatch
) -> None:
    events = Events(listener.get(address(settings, batch.id)))
    reject(shelf, batch, 1)
    reject(shelf, batch, 2)
    shelf.change(batch, state=BatchState.PUBLISHED)
    last = events.rest()[-1]
    assert last["data"]["isSettled"]
    assert last["id"].endswith("-end")
    again = listener.get(address(settings, batch.id), headers={"Last-Event-ID": last["id"]})
    assert again.status_code == 204


def test_a_stream_ends_by_itself_and_lives_meanwhile(
    listener: FlaskClient, settings: ApiSettings, batch: UploadBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LIFE", 0.3)
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    told = listener.get(address(settings, batch.id)).text
    assert told.startswith("retry: 2000\n\n")
    assert told.count(": still here\n\n") >= 2


def test_who_comes_back_hears_only_what_is_new(
    listener: FlaskClient,
    settings: ApiSettings,
    shelf: Shelf,
    batch: UploadBatch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "LIFE", 0.1)
    for module in (stream, watching):
        monkeypatch.setattr(module, "OVERLAP", timedelta())
    told = Events(listener.get(address(settings, batch.id))).rest()
    seen = [event["id"] for event in told if "id" in event][-1]
    reject(shelf, batch, 2)
    for answer in (
        listener.get(address(settings, batch.id), headers={"Last-Event-ID": seen}),
        listener.get(address(settings, batch.id, since=seen)),
    ):
        (items,) = [event for event in Events(answer).rest() if event.get("event") == "items"]
        assert [item["entryNo"] for item in items["data"]] == [2]


@pytest.mark.parametrize("since", ["yesterday", "-1", "1" * 18, "1-done"])
def test_a_wrong_moment_to_come_back_to_is_refused(
    listener: FlaskClient, settings: ApiSettings, batch: UploadBatch, since: str
) -> None:
    answer = listener.get(address(settings, batch.id, since=since))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


class TestTickets:
    def test_open_one_stream_alone(
        self, listener: FlaskClient, settings: ApiSettings, shelf: Shelf, batch: UploadBatch
    ) -> None:
        other = shelf.upload("grace")
        ticket = tickets.issue(settings.keys, other.id)
        for given in ("", ticket, ticket + "x", tickets.issue(["another key"], batch.id)):
            answer = listener.get(f"/api/v1/uploads/{batch.id}/events?ticket={given}")
            assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")

    def test_grow_old(self, listener: FlaskClient, settings: ApiSettings, batch: UploadBatch) -> None:
        with time_machine.travel(datetime.now(UTC) - timedelta(hours=1, minutes=1)):
            old = address(settings, batch.id)
        assert listener.get(old).status_code == 401

    def test_of_what_is_not_there_open_nothing(self, listener: FlaskClient, settings: ApiSettings) -> None:
        assert listener.get(address(settings, uuid4())).status_code == 404


def test_the_site_alone_may_read_streams(
    listener: FlaskClient, settings: ApiSettings, batch: UploadBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LIFE", 0.0)
    answer = listener.get(address(settings, batch.id), headers={"Origin": "https://evil.test"})
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost"
    assert answer.headers["Vary"] == "Origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/event-stream"


def test_errors_are_for_programs(listener: FlaskClient) -> None:
    answer = listener.get("/")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert listener.get("/healthz").status_code == 200
    assert listener.get("/readyz").json == {"status": "ok", "checks": {"database": "ok"}}


def test_one_too_many_is_asked_to_come_back(
    settings: ApiSettings, database: Database, batch: UploadBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "STREAMS", 1)
    client = stream.create_app(settings, database).test_client()
    first = client.get(address(settings, batch.id))
    assert client.get(address(settings, batch.id)).json["code"] == "unavailable"
    first.close()
    assert client.get(address(settings, batch.id)).status_code == 200


class TestWatcher:
    """One pair of eyes for all pages."""

    @pytest.fixture
    def watcher(self, streaming: Flask) -> Watcher:
        found: Watcher = streaming.extensions[stream.WATCHER]
        return found

    def test_asks_once_however_many_watch(
        self,
        watcher: Watcher,
        shelf: Shelf,
        batch: UploadBatch,
        queries: Queries,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(watching, "TICK", 3600)
        other = shelf.upload()
        with ExitStack() as pages:
            inboxes = [
                pages.enter_context(watcher.watching(which.id, LONG_AGO))[1] for which in (batch, other) * 25
            ]
            shelf.settle(batch, 1, code="file-empty", detail="is empty", hint="-")
            with queries() as sent:
                watcher.look()
            assert len(sent) == 1
            told = [inbox.get(timeout=5) for inbox in inboxes[::2]]
            assert all(change and set(change.entries) == {1} for change in told)
            assert all(inbox.empty() for inbox in inboxes)

    def test_says_nothing_when_nothing_changed(self, watcher: Watcher, batch: UploadBatch) -> None:
        with watcher.watching(batch.id, LONG_AGO) as (_, inbox):
            for _ in range(3):
                watcher.look()
            assert inbox.empty()

    def test_what_a_newcomer_sees_first_the_others_hear_too(
        self, watcher: Watcher, shelf: Shelf, batch: UploadBatch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watching, "TICK", 3600)
        with watcher.watching(batch.id, LONG_AGO) as (_, early):
            watcher.look()
            shelf.settle(batch, 2, code="file-empty", detail="is empty", hint="-")
            with watcher.watching(batch.id, LONG_AGO):
                change = early.get(timeout=5)
                assert change
                assert set(change.entries) == {2}

    def test_goes_on_after_the_database_was_away(self) -> None:
        moments = iter(range(10_000))
        upload = uuid4()

        def read(_ids: object, _since: object) -> list[Change]:
            moment = next(moments)
            if moment == 1:
                raise OperationalError("select", {}, Exception("away"))
            return [Change(upload, LONG_AGO + timedelta(seconds=moment), False, f"{moment}", {})]

        watcher = Watcher(read)
        with watcher.watching(upload, LONG_AGO) as (first, inbox):
            assert first
            assert inbox.get(timeout=5)
        watcher.close()

    def test_lets_everybody_go_at_the_end(self, watcher: Watcher, batch: UploadBatch) -> None:
        with watcher.watching(batch.id, LONG_AGO) as (_, inbox):
            watcher.close()
            assert inbox.get(timeout=5) is None


def test_a_process_that_is_to_end_ends_its_streams(
    streaming: Flask, settings: ApiSettings, batch: UploadBatch
) -> None:
    events = Events(streaming.test_client().get(address(settings, batch.id)))
    for _ in range(3):
        events.next()
    streaming.extensions[stream.WATCHER].close()
    assert events.rest() == [{": until soon": ""}] or events.rest() == []
