"""The stream service: what happens to an upload, as server-sent events. Apart from the api, never to slow it.

A stream ends after half a minute; the browser comes back by itself and says what it saw last.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from queue import Empty
from uuid import UUID

from apiflask import APIFlask
from flask import Flask, Response, request

from containers.api import health, problems, requests, security, tickets
from containers.api.settings import STREAM_THREADS, SiteSettings
from containers.api.signals import when_told_to_end
from containers.api.watching import OVERLAP, Inbox, Watcher
from vectoricons.common import log, migrate
from vectoricons.common.database import Database, Pools
from vectoricons.common.errors import Invalid, NotFound, Unavailable
from vectoricons.config import DatabaseSettings, load
from vectoricons.uploads import progress
from vectoricons.uploads.progress import Change

STREAMS = STREAM_THREADS - 32  # the rest is for health checks and for saying no
LIFE = 30.0
HEARTBEAT = 10.0
RETRY_MS = 2000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SEEN = re.compile(r"(\d{1,17})(-end)?")
WATCHER = "watcher"


def from_environment() -> Flask:
    """The app as its task definition describes it: what the server's worker processes call."""
    settings = load(SiteSettings)
    log.configure(settings.service, settings.log_level)
    pools = Pools(writers=2, readers=4)
    app = create_app(settings, Database(load(DatabaseSettings), pools=pools, application=settings.service))
    watcher: Watcher = app.extensions[WATCHER]
    when_told_to_end(watcher.close)
    return app


def create_app(settings: SiteSettings, database: Database) -> Flask:
    """The app with *settings*, on this database."""
    app = APIFlask(__name__, enable_openapi=False, json_errors=False)
    requests.install(app)
    problems.install(app)
    security.install(app, settings)
    streams = Streams(settings, database)
    app.extensions[WATCHER] = streams.watcher
    app.add_url_rule("/api/v1/uploads/<uuid:batch_id>/events", "events", streams.open)
    app.register_blueprint(health.checking({"database": lambda: migrate.require_current(database.writer)}))

    def let_the_site_read(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = settings.site_url
        response.headers["Vary"] = "Origin"
        return response

    app.after_request(let_the_site_read)
    return app


class Streams:
    """The open streams of this process: all of them served by one watcher."""

    def __init__(self, settings: SiteSettings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._places = threading.BoundedSemaphore(STREAMS)
        self.watcher = Watcher(self._changes)

    def open(self, batch_id: UUID) -> Response:
        """The changes of an upload after what the client saw last: events ``items`` and ``upload``."""
        tickets.check(self._settings.keys, request.args.get("ticket", ""), batch_id)
        seen, is_over = _last_seen()
        if is_over:
            return Response(status=204)  # told so, a browser stops coming back
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many uploads are being watched. The page tries again by itself.")
        with ExitStack() as opening:
            opening.callback(self._places.release)
            first, inbox = opening.enter_context(self.watcher.watching(batch_id, seen))
            if first is None:
                raise NotFound("You have no upload with this id.")
            response = Response(_told(first, inbox), mimetype="text/event-stream")
            response.call_on_close(opening.pop_all().close)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _changes(self, batch_ids: Collection[UUID], since: datetime) -> list[Change]:
        with self._database.reader() as connection:
            return progress.changes(connection, batch_ids, since, self._settings.assets_url)


def _told(first: Change, inbox: Inbox) -> Iterator[str]:
    end = time.monotonic() + LIFE
    yield f"retry: {RETRY_MS}\n\n{_written(first)}"
    change: Change | None = first
    while change and not change.is_settled and (left := end - time.monotonic()) > 0:
        try:
            change = inbox.get(timeout=min(left, HEARTBEAT))
        except Empty:
            yield ": still here\n\n"
        else:
            yield _written(change) if change else ": until soon\n\n"


def _written(change: Change) -> str:
    """A change as events. The upload comes last: when it is settled, all its files have been told."""
    moment = (change.at - EPOCH) // MICROSECOND
    files = ",".join(change.entries.values())
    items = f"event: items\nid: {moment}\ndata: [{files}]\n\n" if files else ""
    end = "-end" if change.is_settled else ""
    return f"{items}event: upload\nid: {moment}{end}\ndata: {change.batch}\n\n"


def _last_seen() -> tuple[datetime, bool]:
    """The moment up to which the client knows everything, and whether that was the end."""
    given = request.headers.get("Last-Event-ID") or request.args.get("since") or "0"
    found = SEEN.fullmatch(given)
    if found is None:
        raise Invalid('"since", like Last-Event-ID, is the id of an event of this stream.')
    return max(EPOCH, EPOCH + int(found[1]) * MICROSECOND - OVERLAP), found[2] is not None
