"""What the tests of the region share: an AWS endpoint, a region's file, and projects for the real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.postgres import SUPERUSER, Postgres
from local.provider.provider import AwsProvider
from local.provider.region import FILE, Region
from local.valkey import Valkey
from tests.local.engineless import Engineless
from tests.local.projects import Project
from tests.moto_server import forget_everything, moto_server


def pytest_configure(config: pytest.Config) -> None:
    """The SDK warns of its own old classes whenever one of its services is imported."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:pulumi_aws")


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    """The URL of a moto server of this test process."""
    with moto_server() as address:
        yield address


@pytest.fixture
def region_directory(
    aws_endpoint: str, postgres_server: Postgres, valkey_server: Valkey, tmp_path: Path
) -> Path:
    """A region with nothing in it, as its daemon would describe it."""
    forget_everything(aws_endpoint)
    region = {
        "endpoint": aws_endpoint,
        "account": "123456789012",
        "region": "us-east-1",
        "operator": {"access_key": "AKIAOPERATOR", "secret_key": "secret"},
        "postgres": {"host": "127.0.0.1", "port": postgres_server.port, "user": SUPERUSER},
        "valkey": {"host": "127.0.0.1", "port": valkey_server.port},
        "edge": "http://127.0.0.1:8002",
        "sink": "http://127.0.0.1:8004/slack",
        "ports": {"edge": 8002},
    }
    directory = tmp_path / "region"
    directory.mkdir()
    (directory / FILE).write_text(json.dumps(region))
    return directory


@pytest.fixture
def region(region_directory: Path) -> Region:
    """The same region, read."""
    found = Region.from_environment({"VECTORICONS_REGION": str(region_directory)})
    assert found is not None
    return found


@pytest.fixture
def aws(region: Region) -> Any:
    """boto3 clients by hand: `aws("sqs")`."""
    session = boto3.Session("AKIABYHAND", "secret", region_name=region.region)
    return lambda service: session.client(service, endpoint_url=region.endpoint)


@pytest.fixture
def declared(region: Region) -> Engineless:
    """The provider in the region."""
    return Engineless(AwsProvider(region))


@pytest.fixture
def offline() -> Engineless:
    """The provider without a region."""
    return Engineless(AwsProvider(None))


@pytest.fixture
def project(region_directory: Path, tmp_path: Path) -> Project:
    """A stack of the real engine in the region."""
    return Project(tmp_path, region_directory)


@pytest.fixture
def offline_project(tmp_path: Path) -> Project:
    """A stack of the real engine without a region."""
    return Project(tmp_path, None)
