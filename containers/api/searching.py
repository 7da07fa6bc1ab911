"""Searches with their facets: from one look where that is all it takes, else counted beside."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from vectoricons.common import log
from vectoricons.common.cache import Cache
from vectoricons.common.database import Database
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue_facets, catalogue_search
from vectoricons.products.catalogue import JsonPage
from vectoricons.products.catalogue_first_page import first_page, is_first_page

COUNTERS = 2
"""Threads that count. Requests wait for them, so each has a connection of its own."""

logger = log.get(__name__)


class Searching:
    """Answers searches. Threads of its own count facets that are neither remembered nor looked up at once."""

    def __init__(self, database: Database, kept: Cache, assets: str) -> None:
        self._database = database
        self._kept = kept
        self._assets = assets
        self._counters = ThreadPoolExecutor(COUNTERS, "facets")

    def search(self, asked: Ask) -> tuple[JsonPage, bytes]:
        """The page that is *asked* for, and the facets of the search as JSON.

        What changed since remembered facets were counted is counted for whoever asks next.
        """
        known = catalogue_facets.remembered(asked.filters, self._kept, lambda: self._count(asked.filters))
        if known is not None:
            return self._hits(asked), known
        if is_first_page(asked):
            with self._database.reader() as connection:
                return first_page(connection, asked, self._assets, self._kept)
        counted = self._count(asked.filters)
        return self._hits(asked), counted.result()

    def _hits(self, asked: Ask) -> JsonPage:
        with self._database.reader() as connection:
            return catalogue_search.search(connection, asked, self._assets)

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
