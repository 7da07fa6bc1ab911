"""Pages of other sites may read what is public, and never with anybody's credentials.

An answer that anybody may have says so itself (caching.public): one address may answer guests so and somebody
who is signed in for them alone. Here is what comes before such an answer, and what comes instead of it.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from containers.api.callers import Reach, door_of, sender
from containers.api.operations import is_kept

ORIGIN = "Access-Control-Allow-Origin"
EXPOSED = "ETag, X-Request-Id"
PREFLIGHT = {
    ORIGIN: "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}


def install(app: Flask) -> None:
    """Say it with the answers of *app*."""
    app.after_request(_say)


def _say(response: Response) -> Response:
    if _is_open():
        if request.method == "OPTIONS":
            response.headers.update(PREFLIGHT)
        elif request.method in ("GET", "HEAD") and response.status_code >= 400 and sender() is None:
            response.headers[ORIGIN] = "*"
    if ORIGIN in response.headers:
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response


def _is_open() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    before = door_of(view)
    return view is not None and before is not None and before.reach is Reach.EVERYBODY and is_kept(view)
