"""The pipeline's surroundings: Postgres, Valkey, moto's AWS, and a Slack that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from moto.server import ThreadedMotoServer

from imaging import Renderer
from local.postgres import Postgres
from local.processes import free_port
from local.valkey import Valkey
from tests.databases import cloned, database, template
from tests.hashing import light_hashing
from tests.worker.pipeline import Pipeline, contributor
from tests.worker.surroundings import Servers, slack_sink
from vectoricons.common.database import Database

__all__ = ["database", "light_hashing", "template"]


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of a moto server."""
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """One child that draws for all tests."""
    with Renderer() as renderer:
        yield renderer


@pytest.fixture
def pipeline(
    aws: str,
    postgres_server: Postgres,
    template: str,
    valkey_server: Valkey,
    renderer: Renderer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Pipeline]:
    """A pipeline of its own, with one contributor, in a region where nothing has happened yet."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    _forget_everything(aws)
    with cloned(postgres_server, template) as url, slack_sink() as sink:
        database = Database(url)
        made = Pipeline(Servers(), database, valkey_server, renderer, sink, contributor(database))
        made.valkey.flushall()
        yield made
        made.storage.close()
        database.close()


def _forget_everything(aws: str) -> None:
    requests.post(f"{aws}/moto-api/reset", timeout=10).raise_for_status()
