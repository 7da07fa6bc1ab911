"""The event bus: names and types once, everybody hears, nobody's failure is another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis

from local.valkey import Valkey
from vectoricons.common import ids
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Invalid, NotFound
from vectoricons.common.event_bus import payload
from vectoricons.common.event_bus.bus import EventBus, Failure
from vectoricons.common.event_bus.envelope import Envelope
from vectoricons.common.event_bus.payload import Payload, Written
from vectoricons.common.event_bus.transports import MOST_DELIVERIES, Memory, Stream
from vectoricons.common.events import Event
from vectoricons.common.outbox import claim
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.common.valkey import connect
from vectoricons.config import CacheSettings


class KiteFlown(Payload, name="kite.flown"):
    """An event of these tests."""

    user_id: int
    metres_up: int = 0


def letter(name: str = "kite.flown", **data: Any) -> Envelope:
    return Envelope(id=ids.uuid7(), name=name, occurred_at=datetime.now(UTC), actor="system:test", data=data)


class Ear:
    """A handler that remembers what it heard, and fails where it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.heard: list[str] = []
        self.error = error

    def __call__(self, envelope: Envelope) -> None:
        self.heard.append(envelope.name)
        if self.error:
            raise self.error


@pytest.fixture
def bus() -> EventBus:
    return EventBus(Memory())


# -- the registry


def test_an_event_has_one_name_and_one_type() -> None:
    assert payload.payload_type("kite.flown") is KiteFlown
    assert "kite.flown" in payload.names()
    with pytest.raises(ValueError, match=r'"kite.flown" is KiteFlown already'):
        type("Other", (Payload,), {}, name="kite.flown")


@pytest.mark.parametrize("name", ["", "Kite", "kite flown", "a.b.c.d", ".kite", "kite_flown"])
def test_a_name_is_lower_case_words_with_dots_between(name: str) -> None:
    with pytest.raises(ValueError, match="is no name for an event"):
        type("Other", (Payload,), {}, name=name)
    assert not payload.is_write(name)


def test_a_payload_becomes_an_event_and_is_read_again() -> None:
    event = KiteFlown(user_id=7, metres_up=30).event(key=7)
    assert (event.name, event.key) == ("kite.flown", "kite.flown:7")
    assert event.data == {"userId": 7, "metresUp": 30}
    assert letter(**event.data).payload == KiteFlown(user_id=7, metres_up=30)
    assert KiteFlown(user_id=7).event().key is None


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert letter(userId=7, wind="strong").payload == KiteFlown(user_id=7)


def test_every_write_is_an_event_with_the_ids_it_touched() -> None:
    of_uuid = uuid4()
    assert letter("tag.after.create", ids=[1, str(of_uuid)]).payload == Written(ids=(1, of_uuid))
    assert payload.is_write("tag.failed.soft-delete")
    assert not payload.is_write("tag.sometime.create")


def test_nobody_emits_what_is_not_registered(work: UnitOfWork) -> None:
    with pytest.raises(NotFound, match=r'no event called "kite\.lost"'):
        work.emit(Event(name="kite.lost"))
    with pytest.raises(NotFound):
        _ = letter("kite.lost").payload


def test_an_emitted_payload_travels_as_it_was(work: UnitOfWork) -> None:
    flown = KiteFlown(user_id=7, metres_up=30)
    work.emit(flown.event(key=uuid4()))
    (sent,) = [each for each in claim(work.session, 100) if each.name == "kite.flown"]
    assert Envelope.from_json(sent.to_json()) == sent
    assert sent.payload == flown
    assert sent.actor == Actor.system("test").name


def test_what_is_no_event_is_said_to_be_none() -> None:
    with pytest.raises(Invalid, match="This is no event"):
        Envelope.from_json(b'{"id": 1}')
    with pytest.raises(Invalid):
        Envelope.from_json("<html>")


# -- the bus


def test_who_asked_hears(bus: EventBus) -> None:
    ear = Ear()
    bus.on("kite.flown", ear)
    bus.emit(letter())
    bus.emit(letter("tag.after.create"))
    assert ear.heard == ["kite.flown"]


def test_all_hear_in_the_order_they_asked(bus: EventBus) -> None:
    heard: list[str] = []
    bus.on("kite.flown", lambda _: heard.append("first"))
    bus.on("kite.flown", lambda _: heard.append("second"))
    bus.emit(letter())
    assert heard == ["first", "second"]


def test_asking_twice_is_asking_once(bus: EventBus) -> None:
    ear = Ear()
    bus.on("kite.flown", ear)
    bus.on("kite.flown", ear)
    bus.emit(letter())
    assert ear.heard == ["kite.flown"]


def test_who_left_hears_no_more(bus: EventBus) -> None:
    ear = Ear()
    bus.on("kite.flown", ear)
    bus.off("kite.flown", ear)
    bus.emit(letter())
    assert ear.heard == []
    assert bus.names() == []


def test_a_handler_of_two_events_leaves_one_and_stays_for_the_other(bus: EventBus) -> None:
    ear = Ear()
    bus.on("kite.flown", ear)
    bus.on("tag.after.create", ear)
    bus.off("kite.flown", ear)
    bus.emit(letter())
    bus.emit(letter("tag.after.create"))
    assert ear.heard == ["tag.after.create"]


def test_once_is_once(bus: EventBus) -> None:
    ear = Ear()
    bus.once("kite.flown", ear)
    bus.emit(letter())
    bus.emit(letter())
    assert ear.heard == ["kite.flown"]


def test_who_asked_for_one_may_leave_before_it_comes(bus: EventBus) -> None:
    ear = Ear()
    bus.once("kite.flown", ear)
    bus.off("kite.flown", ear)
    bus.emit(letter())
    bus.on("kite.flown", ear)
    bus.emit(letter())
    bus.emit(letter())
    assert ear.heard == ["kite.flown"] * 2, "leaving forgets that it was for one alone"


def test_leaving_what_one_never_asked_for_is_no_error(bus: EventBus) -> None:
    bus.off("kite.flown", Ear())
    bus.emit(letter())


def test_clearing_leaves_nobody(bus: EventBus) -> None:
    ear = Ear()
    bus.on("kite.flown", ear)
    bus.once("tag.after.create", ear)
    bus.clear()
    bus.emit(letter())
    bus.emit(letter("tag.after.create"))
    assert ear.heard == []


def test_a_failing_handler_holds_up_nobody_and_everyone_on_duty_is_told() -> None:
    slack: list[Failure] = []
    mail: list[Failure] = []

    def broken(failure: Failure) -> None:
        slack.append(failure)
        raise ConnectionError("Slack is away")

    bus = EventBus(Memory(), on_failure=(broken, mail.append))
    after = Ear()
    bus.on("kite.flown", Ear(ValueError("no wind")))
    bus.on("kite.flown", after)
    event = letter()
    bus.emit(event)
    assert after.heard == ["kite.flown"]
    assert slack == mail
    (failure,) = mail
    assert (failure.envelope, str(failure.error), failure.who) == (event, "no wind", "Ear")


def test_delivery_answers_with_who_failed(bus: EventBus) -> None:
    error = ValueError("no wind")
    bus.on("kite.flown", Ear(error))
    bus.on("kite.flown", Ear())
    assert [failure.error for failure in bus.deliver(letter())] == [error]
    assert bus.deliver(letter("tag.after.create")) == ()


def test_each_bus_has_the_transport_it_was_given() -> None:
    one, other = EventBus(Memory()), EventBus(Memory())
    ear = Ear()
    one.on("kite.flown", ear)
    other.emit(letter())
    assert ear.heard == []


def test_a_transport_nobody_is_connected_to_loses_what_it_is_given() -> None:
    Memory().send(letter())


# -- through Valkey


@pytest.fixture
def valkey(valkey_server: Valkey) -> Iterator[Redis]:
    client = connect(CacheSettings(host="127.0.0.1", port=valkey_server.port))
    yield client
    client.close()


def stream(valkey: Redis, name: str, consumer: str = "one", patience: float = 60) -> Stream:
    return Stream(valkey, name=name, group="plugins", consumer=consumer, patience=patience)


def hearing(transport: Stream, ear: Ear) -> EventBus:
    bus = EventBus(transport)
    bus.on("kite.flown", ear)
    return bus


def test_of_two_processes_one_hears(valkey: Redis) -> None:
    name = uuid4().hex
    transports = [stream(valkey, name, consumer) for consumer in ("one", "two")]
    ears = [Ear(), Ear()]
    buses = [hearing(*pair) for pair in zip(transports, ears, strict=True)]
    for _ in range(3):
        buses[0].emit(letter(userId=7))
    assert sum(transport.receive() for transport in transports) == 3
    assert [*ears[0].heard, *ears[1].heard] == ["kite.flown"] * 3
    assert sum(transport.receive() for transport in transports) == 0


def test_what_a_dead_process_took_another_hears(valkey: Redis) -> None:
    name = uuid4().hex
    dead, alive = stream(valkey, name, "dead"), stream(valkey, name, "alive", patience=0)
    failing, hearer = Ear(RuntimeError("killed")), Ear()
    hearing(dead, failing).emit(letter())
    hearing(alive, hearer)
    assert dead.receive() == 0
    assert alive.receive() == 1
    assert (failing.heard, hearer.heard) == (["kite.flown"], ["kite.flown"])


def test_what_nobody_can_take_in_is_put_aside(valkey: Redis) -> None:
    name = uuid4().hex
    transport = stream(valkey, name, patience=0)
    ear = Ear(ValueError("no wind"))
    event = letter()
    hearing(transport, ear).emit(event)
    assert [transport.receive() for _ in range(MOST_DELIVERIES + 1)] == [0, 0, 0, 0, 1, 0]
    assert len(ear.heard) == MOST_DELIVERIES
    entries: Any = valkey.xrange(f"{name}:dead")
    assert [Envelope.from_json(fields[b"event"]) for _, fields in entries] == [event]


def test_what_is_no_event_is_put_aside_too(valkey: Redis) -> None:
    name = uuid4().hex
    transport = stream(valkey, name, patience=0)
    hearing(transport, Ear())
    valkey.xadd(name, {b"event": b"<html>"})
    for _ in range(MOST_DELIVERIES):
        transport.receive()
    assert valkey.xlen(f"{name}:dead") == 1
