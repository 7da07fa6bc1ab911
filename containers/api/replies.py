"""What an operation may reply besides what was asked for: which problems, which headers, by what it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from containers.api.operations import is_conditional

if TYPE_CHECKING:
    from containers.api.openapi import Operation

PROBLEM = "application/problem+json"
PROBLEMS = {
    400: ("BadRequest", "It cannot be read: no JSON, no text, or a page token of another list."),
    401: ("Unauthenticated", "Nobody is signed in, or the credentials are wrong."),
    403: ("Forbidden", "It is not for this account or this key, or the CSRF token is missing."),
    404: ("NotFound", "There is no such thing, or none that the caller may know of."),
    409: ("Conflict", "It collides with what is there."),
    412: ("ChangedMeanwhile", "It is not any more what If-Match says."),
    413: ("TooLarge", "The body is larger than a megabyte."),
    415: ("NotJson", "The body is not JSON, or does not say so."),
    422: ("Invalid", "Fields are missing, unknown or wrong; each is named."),
    429: ("TooMany", "Too many requests. Retry-After says how long to wait."),
    503: ("Unavailable", "A part of the site is away for a moment."),
}
HEADERS = {
    "X-Request-Id": "The name of this request, to find it by.",
    "ETag": "The state of what was answered: send it as If-None-Match to read again, as If-Match to change.",
    "Location": "The address of what was made.",
    "RateLimit-Limit": "How many requests the caller has in the window.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "In how many seconds there are more.",
    "Retry-After": "How many seconds to wait.",
}
COUNTED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
WORD = {"type": "string"}
NUMBERS = (*COUNTED, "Retry-After")
CONDITIONS = {
    "IfMatch": ("If-Match", "The ETag that the change is made on; it is refused if that is outdated."),
    "IfNoneMatch": ("If-None-Match", "The ETag of the answer that the caller has; 304 if it still holds."),
}


def refusals(operation: Operation) -> dict[str, dict[str, Any]]:
    """The problems that *operation* may answer with, and 304."""
    may = {code for code, holds in _rules(operation).items() if holds}
    found = {str(code): {"$ref": f"#/components/responses/{PROBLEMS[code][0]}"} for code in may}
    if operation.is_kept:
        found["304"] = {"$ref": "#/components/responses/NotModified"}
    return found


def _rules(operation: Operation) -> dict[int, bool]:
    is_ours = operation.door is not None
    is_written = is_ours and not operation.is_safe
    return {
        400: is_ours,
        401: is_ours,  # where all may come in, wrong credentials are refused as well
        403: is_ours,
        404: bool(operation.rule.arguments) or (is_ours and not operation.is_list),
        409: is_written,
        412: operation.is_kept or is_conditional(operation.view),
        413: is_written,
        415: is_written,
        422: bool(operation.body or operation.spec.get("args")),
        429: is_ours,
        503: is_ours,
    }


def headers(code: str, operation: Operation) -> dict[str, Any]:
    """The headers of a reply of *operation*."""
    if operation.door is None:
        return _headers("X-Request-Id")
    tagged = operation.is_kept or is_conditional(operation.view)
    return _headers(
        "X-Request-Id",
        *COUNTED,
        *(["ETag"] if tagged and code == "200" else []),
        *(["Location"] if code == "201" else []),
    )


def components(cookie: str) -> dict[str, Any]:
    """What operations refer to, beside the schemas."""
    return {
        "headers": {
            name: {"description": said, "schema": {"type": "integer" if name in NUMBERS else "string"}}
            for name, said in HEADERS.items()
        },
        "parameters": {
            key: {"name": name, "in": "header", "description": said, "schema": WORD}
            for key, (name, said) in CONDITIONS.items()
        },
        "responses": {name: _problem(code, said) for code, (name, said) in PROBLEMS.items()}
        | {"NotModified": NOT_MODIFIED},
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API key, or an access token.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": cookie,
                "description": "What signing in gives.",
            },
            "csrf": {
                "type": "apiKey",
                "in": "header",
                "name": "X-CSRFToken",
                "description": "The csrfToken of GET /api/v1/session: with a session, each change needs it.",
            },
        },
    }


def _problem(code: int, said: str) -> dict[str, Any]:
    waiting = ("Retry-After",) if code == HTTPStatus.TOO_MANY_REQUESTS else ()
    return {
        "description": said,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "headers": _headers("X-Request-Id", *waiting),
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


NOT_MODIFIED = {
    "description": "What the caller has still holds.",
    "headers": _headers("X-Request-Id", "ETag"),
}
