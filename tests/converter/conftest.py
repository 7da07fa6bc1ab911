"""The converter's surroundings: folders, moto's S3, Postgres, and a command line to give it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from containers.converter import wiring
from local.postgres import Postgres
from tests.converter.places import BucketPlace, FolderPlace, Place
from tests.converter.workshop import Workshop
from tests.databases import cloned, template
from tests.moto_server import forget_everything, lead_to, moto_server
from vectoricons.common.database import Database

__all__ = ["template"]


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of a moto server."""
    with moto_server() as address:
        yield address


@pytest.fixture
def s3(aws: str, monkeypatch: pytest.MonkeyPatch) -> BucketPlace:
    """A region with one bucket and nothing in it."""
    lead_to(aws, monkeypatch)
    forget_everything(aws)
    return BucketPlace(boto3.client("s3"), "pictures")


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Each kind of storage in turn."""
    if request.param == "bucket":
        bucket: BucketPlace = request.getfixturevalue("s3")
        return bucket
    return FolderPlace(tmp_path / "place")


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A source folder, a target folder and the converter; signals and the stop are as before at the end."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    wiring.stop.cache_clear()
    yield Workshop(tmp_path)
    wiring.stop.cache_clear()
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def database(postgres_server: Postgres, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database of this test alone, which the environment names, too."""
    with cloned(postgres_server, template) as url:
        database = Database(url)
        for name, value in {
            "HOST": database.url.host,
            "PORT": str(database.url.port),
            "NAME": database.url.database,
            "USER": database.url.username,
            "SSLMODE": "disable",
        }.items():
            monkeypatch.setenv(f"DATABASE_{name}", value or "")
        yield database
        database.close()
