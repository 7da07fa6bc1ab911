"""The pipeline's surroundings: Postgres, Valkey, moto's AWS, and a Slack that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imaging import Renderer
from local.postgres import Postgres
from local.valkey import Valkey
from tests.databases import cloned, database, template
from tests.hashing import light_hashing
from tests.moto_server import forget_everything, lead_to, moto_server
from tests.worker.pipeline import Pipeline, contributor
from tests.worker.surroundings import Servers, slack_sink
from vectoricons.common.database import Database

__all__ = ["database", "light_hashing", "template"]


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of a moto server."""
    with moto_server() as address:
        yield address


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """One child that draws for all tests."""
    with Renderer() as renderer:
        yield renderer


@pytest.fixture(scope="session")
def clients(aws: str) -> Servers:
    """Clients of that server: to make them takes longer than what a test asks of them."""
    with pytest.MonkeyPatch.context() as environment:
        lead_to(aws, environment)
        return Servers()


@pytest.fixture
def pipeline(
    aws: str,
    clients: Servers,
    postgres_server: Postgres,
    template: str,
    valkey_server: Valkey,
    renderer: Renderer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Pipeline]:
    """A pipeline of its own, with one contributor, in a region where nothing has happened yet."""
    lead_to(aws, monkeypatch)
    forget_everything(aws)
    clients.declare()
    with cloned(postgres_server, template) as url, slack_sink() as sink:
        database = Database(url)
        made = Pipeline(clients, database, valkey_server, renderer, sink, contributor(database))
        made.valkey.flushall()
        yield made
        made.storage.close()
        database.close()
