"""Everything that can be refused, as one tree: a sentence for a person and a code for a program."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, ClassVar

from psycopg import errors as postgres
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError


class AppError(Exception):
    """A refusal: *detail* says what, where and what to do; *extra* adds members to the problem document."""

    code: ClassVar[str] = "internal-error"
    status: ClassVar[int] = HTTPStatus.INTERNAL_SERVER_ERROR
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    def problem(self) -> dict[str, Any]:
        """The body of an ``application/problem+json`` answer (RFC 9457)."""
        return {
            "type": f"urn:vectoricons:problem:{self.code}",
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }


class Invalid(AppError):
    """The request cannot be understood or breaks a rule of the field."""

    code = "invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "The request is not valid"


class InvalidCursor(Invalid):
    """A page token was altered, is of another list, or of an older version."""

    code = "invalid-cursor"
    status = HTTPStatus.BAD_REQUEST
    title = "The page token is not valid"


class Unauthenticated(AppError):
    """Nobody is signed in, or the credentials are wrong."""

    code = "unauthenticated"
    status = HTTPStatus.UNAUTHORIZED
    title = "Sign in first"


class Forbidden(AppError):
    """The actor may not do this."""

    code = "forbidden"
    status = HTTPStatus.FORBIDDEN
    title = "You may not do this"


class NotFound(AppError):
    """There is no such thing, or none the actor may know of."""

    code = "not-found"
    status = HTTPStatus.NOT_FOUND
    title = "Not found"


class Conflict(AppError):
    """The request is fine but collides with what is there."""

    code = "conflict"
    status = HTTPStatus.CONFLICT
    title = "It collides with what is there"


class Duplicate(Conflict):
    """Something with the same unique value exists."""

    code = "duplicate"
    title = "It exists already"


class Unavailable(AppError):
    """A part we depend on is away; the same request may succeed later."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Not available right now"


class SchemaMismatch(Unavailable):
    """The database is at another revision than this code was written for."""

    code = "schema-mismatch"
    title = "The database schema is not the one this version needs"


_KEY = re.compile(r"\((?P<columns>[^)]*)\)=")
_TRANSIENT = ("57P01", "57P02", "57P03", "08000", "08001", "08003", "08006", "40001", "40P01", "55P03")


def refused_by_database(error: IntegrityError | DataError, what: str) -> AppError:
    """The refusal a broken constraint stands for, in words about *what* ("tag"), not the database's."""
    cause = error.orig
    match cause:
        case postgres.UniqueViolation():
            return Duplicate(f"A {what} with the same {_columns(cause)} exists already.")
        case postgres.ForeignKeyViolation():
            return _dangling(cause, what)
        case postgres.NotNullViolation():
            return Invalid(f'The {what} needs a value for "{cause.diag.column_name}".')
        case postgres.StringDataRightTruncation():
            return Invalid(f"A text of the {what} is too long.")
        case postgres.NumericValueOutOfRange():
            return Invalid(f"A number of the {what} is too large.")
        case _:
            return Invalid(f"The {what} breaks a rule of its table.")


def is_transient(error: BaseException) -> bool:
    """Whether the whole transaction may succeed when tried again: fail-over, deadlock, lock wait."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _TRANSIENT


def _dangling(cause: postgres.ForeignKeyViolation, what: str) -> AppError:
    if "still referenced" in (cause.diag.message_detail or ""):
        return Conflict(f"The {what} is still in use.")
    return Invalid(f"The {what} refers to something that does not exist: {_columns(cause)}.")


def _columns(cause: postgres.IntegrityError) -> str:
    key = _KEY.search(cause.diag.message_detail or "")
    return key["columns"] if key else "value"
