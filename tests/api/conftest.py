"""The api under test: the real app on a real Postgres and a real Valkey."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, event

from containers.api.app import create_app
from containers.api.settings import ApiSettings
from local.valkey import Valkey
from tests.api.clients import SETTINGS, SignedIn
from tests.api.factories import Shelf
from tests.databases import database, template
from tests.hashing import light_hashing
from vectoricons.common.database import Database

__all__ = ["database", "light_hashing", "template"]


@pytest.fixture(scope="module", autouse=True)
def _credentials() -> Iterator[None]:
    """Something to sign with: signing needs no AWS."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        yield


@pytest.fixture
def settings() -> ApiSettings:
    return ApiSettings(**SETTINGS)


@pytest.fixture(autouse=True)
def cache(valkey_server: Valkey) -> Iterator[Redis]:
    """An empty Valkey."""
    client = Redis.from_url(valkey_server.url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="module")
def app(database: Database, valkey_server: Valkey) -> Iterator[Flask]:
    """The app of a test module: making one takes as long as a dozen tests."""
    with closing(Redis.from_url(valkey_server.url)) as cache:
        yield create_app(ApiSettings(**SETTINGS), database, cache)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor: nobody is signed in."""
    return app.test_client()


@pytest.fixture(scope="module")
def shelf(database: Database) -> Shelf:
    """What tests put things on."""
    return Shelf(database)


@pytest.fixture
def ada(app: Flask, shelf: Shelf) -> SignedIn:
    """A contributor who is signed in."""
    return SignedIn(app, shelf, "ada")


@pytest.fixture
def grace(app: Flask, shelf: Shelf) -> SignedIn:
    """Another one."""
    return SignedIn(app, shelf, "grace")


@pytest.fixture
def queries() -> Callable[[], AbstractContextManager[list[str]]]:
    """Counts statements of requests: ``with queries() as sent: ...; assert len(sent) == 1``."""
    aside = "INSERT INTO search_activity"  # written beside the answers

    @contextmanager
    def recording() -> Iterator[list[str]]:
        sent: list[str] = []

        def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith(aside):
                sent.append(statement)

        event.listen(Engine, "before_cursor_execute", hear)
        try:
            yield sent
        finally:
            event.remove(Engine, "before_cursor_execute", hear)

    return recording
