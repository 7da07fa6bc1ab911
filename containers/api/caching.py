"""What may be kept: public reads by anybody for a minute, the rest by nobody but its owner's browser."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from flask import Response, request
from pydantic import BaseModel

from vectoricons.common.errors import AppError

JSON = "application/json"
HTML = "text/html; charset=utf-8"
PUBLIC = "public, max-age=60, stale-while-revalidate=300"
PRIVATE = "private, no-cache"


class ChangedMeanwhile(AppError):
    """The thing is not any more what the client has seen."""

    code = "changed-meanwhile"
    status = HTTPStatus.PRECONDITION_FAILED
    title = "It was changed meanwhile"


def public(body: bytes | str, content_type: str = JSON, *, keep: str = PUBLIC) -> Response:
    """*body* for everybody, or 304 for who has it already. It must not depend on who asks."""
    response = _tagged(body, content_type)
    response.headers["Cache-Control"] = keep
    response.headers["Vary"] = "Accept-Encoding"
    if content_type == JSON:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def for_guests(body: bytes | str, content_type: str = JSON) -> Response:
    """*body* as guests get it, from an address that answers whoever says who they are for them alone."""
    response = public(body, content_type)
    response.vary.update(("Authorization", "Cookie"))
    return response


def private(body: bytes | str, content_type: str = JSON) -> Response:
    """*body* for who is signed in, or 304 if their browser has it already."""
    response = _tagged(body, content_type)
    response.headers["Cache-Control"] = PRIVATE
    return response


def _tagged(body: bytes | str, content_type: str) -> Response:
    raw = body.encode() if isinstance(body, str) else body
    response = Response(raw, content_type=content_type)
    response.set_etag(tag(raw))
    response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise ChangedMeanwhile("Read it again without If-Match.")
    return response


def unkept(answer: BaseModel, status: int = 200) -> Response:
    """*answer* for this once: no cache and no browser keeps it."""
    response = Response(answer.model_dump_json(by_alias=True), status, mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def tag(body: bytes) -> str:
    """The entity tag of *body*."""
    return hashlib.sha256(body).hexdigest()[:32]
