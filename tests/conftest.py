"""The real servers every room's tests talk to: once a test process, on free ports, thrown away after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import pytest

from local import postgres, valkey
from local.postgres import Postgres
from local.processes import free_port, heed_interrupts
from local.valkey import Valkey


def pytest_configure() -> None:
    """The engines that tests start end their plugins by SIGINT."""
    heed_interrupts()


@pytest.fixture(autouse=True)
def _own_credentials() -> None:
    """boto3 keeps the credentials of the first client that a process makes; a test's are its own."""
    boto3.DEFAULT_SESSION = None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A Postgres of this test process alone, without the cost of durability."""
    # Not under pytest's own folder: every pytest that starts closes that one to the OS user Postgres runs as.
    with (
        TemporaryDirectory(prefix="vectoricons-postgres-", ignore_cleanup_errors=True) as folder,
        postgres.running(Path(folder), free_port(), durable=False) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A Valkey of this test process alone."""
    with valkey.running(_folder(tmp_path_factory, "valkey"), free_port()) as server:
        yield server


def _folder(factory: pytest.TempPathFactory, name: str) -> Path:
    return factory.mktemp(name)
