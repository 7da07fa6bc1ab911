"""Whole answers in memory, before Flask: what everybody may keep is kept here too, for just as long.

For hosts without cookies: an answer depends on its address alone. Nothing else forgets an answer; so what a
change may show late is what ``Cache-Control`` says already.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import TLRUCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 64 * 1024 * 1024
_LARGEST_SHARE = 16  # of the cache, that one answer may take
_OVERHEAD = 1_500  # bytes that an answer takes beside its body: headers, key, places in tables
_KEPT = re.compile(r"\bpublic\b.*\bmax-age=(\d+)")
_OF_ONE_ANSWER = frozenset({"x-request-id", "date"})

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and until when it is one."""

    headers: Headers
    body: bytes
    etag: str
    since: float
    until: float

    @property
    def size(self) -> int:
        """Bytes it takes, about."""
        return len(self.body) + _OVERHEAD


class ByteCache:
    """A WSGI app before another. The least used answers go first when there are too many."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        most: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._largest = most // _LARGEST_SHARE
        self._clock = clock
        self._kept: TLRUCache[str, Kept] = TLRUCache(
            most, ttu=lambda _key, kept, _now: kept.until, timer=clock, getsizeof=lambda kept: kept.size
        )
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The kept answer, or the app's."""
        if environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        key = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None:
            return _answer(kept, environ, start_response, self._clock())
        return self._ask(key, environ, start_response)

    def _ask(self, key: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The app's answer, whole and as to somebody who has nothing yet, so that it can be kept."""
        said: list[tuple[str, Headers]] = []

        def hear(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            said.append((status, headers))
            return lambda _: None

        unconditional = {name: value for name, value in environ.items() if name not in _CONDITIONS}
        answered = self._app(unconditional, hear)
        try:
            body = b"".join(answered)
        finally:
            getattr(answered, "close", lambda: None)()
        status, headers = said[-1]
        now = self._clock()
        kept = _keepable(status, headers, body, now)
        if kept is None:
            start_response(status, headers)
            return [body]
        if kept.size <= self._largest:
            with self._lock:
                self._kept[key] = kept
        return _answer(kept, environ, start_response, now)


_CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"})


def _keepable(status: str, headers: Headers, body: bytes, now: float) -> Kept | None:
    said = {name.lower(): value for name, value in headers}
    lives = _KEPT.search(said.get("cache-control", ""))
    if not status.startswith("200") or lives is None or "set-cookie" in said:
        return None
    lasting = [header for header in headers if header[0].lower() not in _OF_ONE_ANSWER]
    return Kept(lasting, body, said.get("etag", ""), now, now + int(lives[1]))


def _answer(
    kept: Kept, environ: WSGIEnvironment, start_response: StartResponse, now: float
) -> Iterable[bytes]:
    aged = [*kept.headers, ("Age", str(int(now - kept.since)))]
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and kept.etag and _matches(known, kept.etag):
        start_response("304 Not Modified", [header for header in aged if not _of_the_body(header[0])])
        return []
    start_response("200 OK", aged)
    return [kept.body]


def _matches(known: str, etag: str) -> bool:
    return known == "*" or etag in (each.strip().removeprefix("W/") for each in known.split(","))


def _of_the_body(name: str) -> bool:
    return name.lower() in {"content-length", "content-type"}
