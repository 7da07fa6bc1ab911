"""The bus: who hears of which event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from vectoricons.common import log
from vectoricons.common.event_bus.envelope import Envelope

Handler = Callable[[Envelope], object]

logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A handler that raised: the others heard of the event all the same."""

    envelope: Envelope
    handler: Handler
    error: Exception

    @property
    def who(self) -> str:
        """The handler's name, for people."""
        return getattr(self.handler, "__qualname__", type(self.handler).__name__)


Deliver = Callable[[Envelope], Sequence[Failure]]


class Transport(Protocol):
    """How events get from who emits them to who hears of them."""

    def connect(self, deliver: Deliver) -> None:
        """Hand what arrives to *deliver*; what it answers was not taken in."""
        ...

    def send(self, envelope: Envelope) -> None:
        """Have *envelope* delivered."""
        ...


class EventBus:
    """Calls, for each event, everyone who asked for its name, in the order they asked.

    A handler that raises holds up nobody, and each of *on_failure* is told. *transport* says where they run.
    """

    def __init__(self, transport: Transport, on_failure: Sequence[Callable[[Failure], object]] = ()) -> None:
        self._transport = transport
        self._on_failure = tuple(on_failure)
        self._lock = Lock()
        self._handlers: dict[str, tuple[Handler, ...]] = {}
        self._leaving: set[tuple[str, Handler]] = set()
        transport.connect(self.deliver)

    def on(self, name: str, handler: Handler) -> None:
        """Call *handler* for each event *name*. Asking twice is asking once."""
        with self._lock:
            there = self._handlers.get(name, ())
            if handler not in there:
                self._handlers[name] = (*there, handler)

    def once(self, name: str, handler: Handler) -> None:
        """Call *handler* for the next event *name* alone."""
        with self._lock:
            self._leaving.add((name, handler))
        self.on(name, handler)

    def off(self, name: str, handler: Handler) -> None:
        """Call *handler* no more for *name*; what it hears under other names stays."""
        with self._lock:
            self._remove(name, handler)

    def clear(self) -> None:
        """Call nobody any more."""
        with self._lock:
            self._handlers.clear()
            self._leaving.clear()

    def names(self) -> list[str]:
        """The names somebody asked for, sorted."""
        return sorted(self._handlers)

    def emit(self, envelope: Envelope) -> None:
        """Send *envelope* on its way."""
        self._transport.send(envelope)

    def deliver(self, envelope: Envelope) -> tuple[Failure, ...]:
        """Call who asked for it; returns those that raised."""
        called = (self._call(handler, envelope) for handler in self._taken(envelope.name))
        return tuple(failure for failure in called if failure is not None)

    def _taken(self, name: str) -> tuple[Handler, ...]:
        """Who is to be called. Who asked for one alone leaves before, so that no second thread finds it."""
        with self._lock:
            handlers = self._handlers.get(name, ())
            for handler in handlers:
                if (name, handler) in self._leaving:
                    self._remove(name, handler)
        return handlers

    def _remove(self, name: str, handler: Handler) -> None:
        self._leaving.discard((name, handler))
        left = tuple(each for each in self._handlers.get(name, ()) if each != handler)
        if left:
            self._handlers[name] = left
        else:
            self._handlers.pop(name, None)

    def _call(self, handler: Handler, envelope: Envelope) -> Failure | None:
        try:
            handler(envelope)
        except Exception as error:
            failure = Failure(envelope, handler, error)
            logger.exception("handler-failed", handler=failure.who, event_name=envelope.name)
            for tell in self._on_failure:
                self._tell(tell, failure)
            return failure
        return None

    def _tell(self, tell: Callable[[Failure], object], failure: Failure) -> None:
        try:
            tell(failure)
        except Exception:  # the next one is told all the same
            logger.exception("failure-not-told", handler=failure.who)
