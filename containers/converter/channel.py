"""A bounded queue with an end: a full one holds its producers back, an ended one lets its consumers go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from queue import Empty, Queue
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class _End:
    """No more will come."""


_END = _End()


class Channel(Generic[T]):
    """From *producers* threads to *consumers* threads, at most *size* items under way.

    Each producer calls ``close`` once. (``Queue.shutdown`` is of Python 3.13.)
    """

    def __init__(self, size: int, *, producers: int = 1, consumers: int = 1) -> None:
        self._queue: Queue[T | _End] = Queue(size)
        self._lock = Lock()
        self._producers = producers
        self._consumers = consumers

    def put(self, item: T) -> None:
        """Hand *item* on; waits while the channel is full."""
        self._queue.put(item)

    def close(self) -> None:
        """This producer has no more."""
        with self._lock:
            self._producers -= 1
            ended = self._producers == 0
        if ended:
            for _ in range(self._consumers):
                self._queue.put(_END)

    def __iter__(self) -> Iterator[T]:
        """Each item, until the end."""
        while not isinstance(item := self._queue.get(), _End):
            yield item

    def batches(self, most: int, seconds: float) -> Iterator[list[T]]:
        """Items in lists of up to *most*, and after *seconds* whatever there is; for a single consumer."""
        batch: list[T] = []
        due = time.monotonic() + seconds
        while True:
            try:
                item = self._queue.get(timeout=max(0.0, due - time.monotonic()))
            except Empty:
                item = None
            if isinstance(item, _End):
                break
            if item is not None:
                batch.append(item)
            if len(batch) == most or time.monotonic() >= due:
                yield batch
                batch, due = [], time.monotonic() + seconds
        if batch:
            yield batch
