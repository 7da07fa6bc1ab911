"""What goes wrong when a region is asked to make something, in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from pydantic import ValidationError

from local.provider.resources import Made

GONE = re.compile(r"NoSuch|NotFound|NonExist|NotExist|^404$")


class RefusedError(Exception):
    """AWS, or a server that stands for it, refused; the message says what, where and why."""


class PartlyMadeError(RefusedError):
    """The resource exists, and a later step of making it was refused."""

    def __init__(self, made: Made, reason: str) -> None:
        super().__init__(reason)
        self.made = made


def is_gone(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing."""
    return GONE.search(error.response.get("Error", {}).get("Code", "")) is not None


@contextmanager
def sentences(token: str, name: str, verb: str) -> Iterator[None]:
    """Turn what the servers raise while *verb*-ing the resource (`create`) into a RefusedError about it."""
    try:
        yield
    except PartlyMadeError as error:
        raise PartlyMadeError(error.made, f"{token} {name!r}: {error}") from error
    except (BotoCoreError, ClientError, RefusedError, ValidationError, psycopg.Error) as error:
        raise RefusedError(f"{token} {name!r}: cannot {verb} it: {reason(error)}") from error


@contextmanager
def after_making(made: Made) -> Iterator[None]:
    """Steps after *made* exists: what fails now is reported with it, so the engine keeps it in its state."""
    try:
        yield
    except (BotoCoreError, ClientError, psycopg.Error) as error:
        raise PartlyMadeError(made, f"it exists, but is not complete: {reason(error)}") from error


def reason(error: Exception) -> str:
    """What *error* says, with AWS's own code where there is one."""
    if isinstance(error, ClientError):
        answer = error.response.get("Error", {})
        return f"{error.operation_name} was answered {answer.get('Code')}: {answer.get('Message')}"
    if isinstance(error, EndpointConnectionError):
        return f"{error} The region is not running: start it with `make up`."
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
    return str(error).strip()
