"""Each request: an id, one line in the log, no bytes that are not text, no JSON without a bottom."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import IntegerConverter

from vectoricons.common import ids, log
from vectoricons.common.errors import Invalid

ID_HEADER = "X-Request-Id"
GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET_PATHS = ("/healthz", "/readyz", "/static/")
logger = log.get(__name__)


class BadBytes(Invalid):
    """The address or a field holds bytes that are not text."""

    code = "bad-bytes"
    status = HTTPStatus.BAD_REQUEST
    title = "The request is not text"


class RowNumber(IntegerConverter):
    """A number that a row may have: there is nothing at an address with a longer one."""

    regex = r"\d{1,18}"  # what does not look like one is no address; what is refused later hides the method


class Json(DefaultJSONProvider):
    """JSON as Flask has it. What is nested deeper than can be followed is no JSON."""

    def loads(self, s: str | bytes, **how: Any) -> Any:
        """What *s* says. Raises ValueError."""
        try:
            return super().loads(s, **how)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def install(app: Flask) -> None:
    """Name, check and log every request of *app*."""
    app.json = Json(app)
    app.url_map.converters["int"] = RowNumber
    app.before_request(_begin)
    app.before_request(_check_text)
    app.after_request(_finish)


def _begin() -> None:
    given = request.headers.get(ID_HEADER, "")
    g.request_id = given if GOOD_ID.fullmatch(given) else ids.uuid7().hex
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _check_text() -> None:
    path = request.environ.get("PATH_INFO", "").encode("latin-1", "replace")
    query = unquote_to_bytes(request.environ.get("QUERY_STRING", "").encode("latin-1", "replace"))
    for what, raw in (("path", path), ("query", query)):
        if not _is_text(raw):
            raise BadBytes(f"The {what} of the address is not UTF-8 text. Encode it as UTF-8 first.")
    if any("\0" in value for value in request.form.values()):
        raise BadBytes("A field of the form holds a NUL character. Take it out.")


def _is_text(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode()
    except UnicodeDecodeError:
        return False


def _finish(response: Response) -> Response:
    response.headers[ID_HEADER] = g.request_id
    if not request.path.startswith(QUIET_PATHS):
        logger.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round((time.perf_counter() - g.began) * 1000, 1),
        )
    return response
