"""Facets, counted beside the search they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from vectoricons.common import log
from vectoricons.common.cache import Cache
from vectoricons.common.database import Database
from vectoricons.products import catalogue_facets

COUNTERS = 2
"""Threads that count. Requests wait for them, so each has a connection of its own."""

logger = log.get(__name__)


class Counting:
    """Counts facets on threads of its own, or gives those that are remembered."""

    def __init__(self, database: Database, kept: Cache) -> None:
        self._database = database
        self._kept = kept
        self._counters = ThreadPoolExecutor(COUNTERS, "facets")

    def begin(self, filters: Mapping[str, str]) -> Callable[[], bytes]:
        """Have the facets counted; the result waits for them, and gives them as JSON.

        What changed since remembered ones were counted is counted for whoever asks next.
        """
        known = catalogue_facets.remembered(filters, self._kept, lambda: self._count(filters))
        return self._count(filters).result if known is None else lambda: known

    def _count(self, filters: Mapping[str, str]) -> Future[bytes]:
        counted = self._counters.submit(self._facets, filters)
        counted.add_done_callback(_tell)
        return counted

    def _facets(self, filters: Mapping[str, str]) -> bytes:
        with self._database.reader() as connection:
            return catalogue_facets.facets(connection, filters, self._kept)


def _tell(counted: Future[bytes]) -> None:
    """Nobody may be waiting for them."""
    error = counted.exception()
    if error is not None:
        logger.warning("facets not counted", reason=str(error))
