"""Whether the process lives, and whether it can work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from containers.api import caching, schemas
from containers.api.outputs import Output
from vectoricons.common.errors import SchemaMismatch

OK = "ok"


class Health(Output):
    """Whether the service works, and what of it does not."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, str]


AWAY: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    503: {
        "description": "Something that the service needs is away.",
        "content": {"application/json": {"schema": schemas.reference(Health)}},
    }
}
Checks = Mapping[str, Callable[[], object]]


def checking(checks: Checks) -> APIBlueprint:
    """``/healthz``, which asks nobody, and ``/readyz``, which tries each of *checks*."""
    blueprint = APIBlueprint("health", __name__, tag="Health")

    @blueprint.get("/healthz")
    @blueprint.output(Health)
    def alive() -> Response:
        """Whether the process answers. A database away is no reason to restart it."""
        return _answer({})

    @blueprint.get("/readyz")
    @blueprint.doc(responses=AWAY)
    @blueprint.output(Health)
    def ready() -> Response:
        """Whether what the service needs is there, the database at the right revision."""
        return _answer({name: _tried(check) for name, check in checks.items()})

    return blueprint


def _tried(check: Callable[[], object]) -> str:
    try:
        check()
    except SchemaMismatch as error:
        return error.detail
    except (DBAPIError, RedisError) as error:
        return type(error).__name__
    return OK


def _answer(checks: dict[str, str]) -> Response:
    works = all(result == OK for result in checks.values())
    health = Health(status="ok" if works else "unavailable", checks=checks)
    return caching.unkept(health, 200 if works else 503)
