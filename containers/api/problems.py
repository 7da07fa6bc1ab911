"""Errors as answers: ``application/problem+json`` (RFC 9457) for programs, pages for people, always an id."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from vectoricons.common import log
from vectoricons.common.errors import AppError, Forbidden, Unavailable, is_transient

PROBLEM = "application/problem+json"
PROGRAM_PATHS = ("/api/", "/schemas/", "/openapi", "/healthz", "/readyz")
AWAY = (OperationalError, InterfaceError, PoolTimeout, RedisError)
TITLES = {404: "There is nothing here", 429: "Not so fast"}
SENTENCES = {
    400: "The request cannot be read.",
    404: "Check the address, or search for what you need.",
    405: "This address does not take that method; those it takes stand in the Allow header.",
    413: "The request is too large.",
    415: "Send this as JSON, with Content-Type: application/json.",
    429: "Too many requests. Wait as long as the Retry-After header says.",
}
logger = log.get(__name__)


class WrongToken(Forbidden):
    """The token against forged requests is missing or of another session."""

    code = "csrf-token"
    title = "The form is out of date"


def install(app: Flask) -> None:
    """Answer every error of *app* in this form."""
    app.register_error_handler(AppError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def answer(problem: dict[str, Any]) -> Response:
    """*problem* for whoever asks: JSON below ``/api``, else a page. Kept by no cache."""
    problem = {**problem, "instance": f"urn:request:{g.get('request_id', 'none')}"}
    if "storefront" not in current_app.blueprints or request.path.startswith(PROGRAM_PATHS):
        response = Response(orjson.dumps(problem), problem["status"], mimetype=PROBLEM)
    else:
        response = Response(render_template("problem.html", problem=problem), problem["status"])
    response.headers["Cache-Control"] = "no-store"
    if problem["status"] == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if "retryAfter" in problem:
        response.headers["Retry-After"] = str(problem["retryAfter"])
    return response


def _refused(error: AppError) -> Response:
    return answer(error.problem())


def _forged(_error: CSRFError) -> Response:
    return _refused(
        WrongToken(
            "Load the page again and repeat what you did. Programs send the csrfToken of GET /api/v1/session "
            "as the X-CSRFToken header."
        )
    )


def _http(error: HTTPException) -> Response:
    original = getattr(error, "original_exception", None)
    if original is not None:
        return _unexpected(original)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    code = status.phrase.lower().replace(" ", "-")
    response = answer(
        {
            "type": f"urn:vectoricons:problem:{code}",
            "title": TITLES.get(status, status.phrase),
            "status": int(status),
            "detail": SENTENCES.get(status, error.description or status.description),
            "code": code,
        }
    )
    response.headers.extend(
        (name, value) for name, value in error.get_headers() if name.lower() != "content-type"
    )
    return response


def _unexpected(error: BaseException) -> Response:
    if isinstance(error, AWAY) or is_transient(error):
        logger.warning("a part is away", exc_info=error)
        return _refused(Unavailable("A part of the site is away for a moment. Try again."))
    logger.error("unexpected error", exc_info=error)
    return _refused(AppError("It has been written down. If it happens again, tell us the reference."))
