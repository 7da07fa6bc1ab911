"""What is looked for, counted beside the answers and written down every few seconds: no answer waits for it.

A process that dies takes its last seconds' counts along; what a cache answered nobody here heard of. They are
for telling what people want, not for billing.
"""

from __future__ import annotations

from threading import Lock, Timer

from sqlalchemy.exc import DBAPIError

from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.search_activity import Search, SearchActivityService
from vectoricons.users import User

WRITERS = 1
"""Threads that write: one connection beside those of requests."""
EVERY = 2.0  # seconds
MOST = 5_000  # different searches that wait to be written; more is somebody who makes words up
GUESTS = "guests"  # they have no session, and are not told apart

logger = log.get(__name__)


class SearchLog:
    """Counts searches. The first after a while has them written a little later."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._counted: dict[tuple[str, int | None], Search] = {}

    def note(self, words: str | None, user: User | None, hits: int) -> None:
        """Count that somebody looked for *words* and found so many *hits*. A search without words is none."""
        term = Search.cleaned(words or "")
        if not term:
            return
        who = user.id if user else None
        with self._lock:
            before = self._counted.get((term, who))
            if before is None and len(self._counted) >= MOST:
                return
            if not self._counted:
                self._begin()
            times = before.times + 1 if before else 1
            session = None if user else GUESTS
            self._counted[term, who] = Search(term, who, session, times=times, hits=hits)

    def _begin(self) -> None:
        writing = Timer(EVERY, self._write)
        writing.daemon = True
        writing.start()

    def _write(self) -> None:
        with self._lock:
            counted, self._counted = list(self._counted.values()), {}
        try:
            self._database.transact(
                Actor.system("api"), lambda work: SearchActivityService(work).note_many(counted)
            )
        except DBAPIError as error:
            logger.warning("searches not written", count=len(counted), reason=str(error.orig))
