"""Rounds: work that is done again and again beside a process's own, in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy.exc import OperationalError

from vectoricons.common import log

logger = log.get(__name__)


@contextmanager
def rounds(name: str, go: Callable[[], object], *, every: float, stop: Event) -> Iterator[None]:
    """Call *go* every so many seconds for as long as the block runs; ends with *stop*.

    A database that does not answer is logged and asked again in the next round.
    """

    def run() -> None:
        while not stop.is_set():
            try:
                go()
            except OperationalError as error:
                logger.error("round-failed", of=name, reason=str(error), again_in_seconds=every)
            stop.wait(every)

    thread = Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
