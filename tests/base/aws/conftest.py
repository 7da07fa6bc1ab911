"""AWS as moto answers it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.moto_server import lead_to, moto_server


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of a moto server."""
    with moto_server() as address:
        yield address


@pytest.fixture(autouse=True)
def _aws(moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a process that talks to it."""
    lead_to(moto, monkeypatch)
