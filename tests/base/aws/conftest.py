"""AWS as moto answers it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.moto_server import moto_server


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of a moto server."""
    with moto_server() as address:
        yield address


@pytest.fixture(autouse=True)
def _aws(moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a process that talks to it."""
    for name, value in {
        "AWS_ENDPOINT_URL": moto,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
