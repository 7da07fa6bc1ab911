"""Watching uploads for open pages: one query a tick for the whole process, however many pages watch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from vectoricons.common import log
from vectoricons.uploads.progress import Change

TICK = 0.5
OVERLAP = timedelta(seconds=5)
"""A row carries the time of its statement but is seen only after its commit: look that far back again."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

Read = Callable[[Collection[UUID], datetime], list[Change]]
Inbox = SimpleQueue[Change | None]
logger = log.get(__name__)


@dataclass
class Watched:
    """An upload that is watched: by whom, and what they were told, up to which moment."""

    inboxes: set[Inbox] = field(default_factory=set)
    at: datetime = BEGINNING
    batch: str = ""
    entries: dict[int, str] = field(default_factory=dict)

    def tell(self, change: Change) -> None:
        """Put what is new of *change* into every inbox. One that was overtaken says nothing new."""
        if change.at < self.at:
            return
        told = self.entries
        entries = {number: entry for number, entry in change.entries.items() if told.get(number) != entry}
        if entries or change.batch != self.batch:
            for inbox in self.inboxes:
                inbox.put(replace(change, entries=entries))
        self.at, self.batch = change.at, change.batch
        self.entries.update(entries)


class Watcher:
    """Tells who watches an upload what changed. Its thread begins with the first of them."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._uploads: dict[UUID, Watched] = {}
        self._lock = threading.Lock()
        self._somebody = threading.Event()
        self._thread: threading.Thread | None = None
        self._asked_at = BEGINNING
        self.is_closed = False

    @contextmanager
    def watching(self, batch_id: UUID, since: datetime) -> Iterator[tuple[Change | None, Inbox]]:
        """How an upload stands, with its files changed *since*, and an inbox for what changes from then on.

        None instead of the first: there is no such upload. None in the inbox: no more will come.
        """
        inbox: Inbox = SimpleQueue()
        with self._lock:
            first = next(iter(self._read([batch_id], since)), None)
            watched = self._uploads.setdefault(batch_id, Watched())
            if first:
                watched.tell(first)
                self._asked_at = max(self._asked_at, first.at)
            watched.inboxes.add(inbox)
            self._somebody.set()
            self._begin()
        try:
            yield first, inbox
        finally:
            with self._lock:
                self._leave(batch_id, inbox)

    def close(self) -> None:
        """Let everybody go: the process is about to end."""
        with self._lock:
            self.is_closed = True
            for inbox in (inbox for watched in self._uploads.values() for inbox in watched.inboxes):
                inbox.put(None)

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
            self._thread.start()

    def _leave(self, batch_id: UUID, inbox: Inbox) -> None:
        watched = self._uploads[batch_id]
        watched.inboxes.discard(inbox)
        if not watched.inboxes:
            del self._uploads[batch_id]
        if not self._uploads:
            self._somebody.clear()

    def _run(self) -> None:
        pause = threading.Event()
        while not self.is_closed:
            self._somebody.wait()
            try:
                self.look()
            except DBAPIError as error:
                logger.warning("uploads not readable", error=str(error.orig))
            pause.wait(TICK)

    def look(self) -> None:
        """Ask once about everything watched, and tell what is new."""
        with self._lock:
            asked, since = list(self._uploads), self._asked_at - OVERLAP
        changes = self._read(asked, since) if asked else []
        with self._lock:
            for change in changes:
                self._asked_at = max(self._asked_at, change.at)
                if watched := self._uploads.get(change.batch_id):
                    watched.tell(change)
