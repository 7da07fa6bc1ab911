"""The tests of what the program declares."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """The SDK warns of its own deprecated classes when a service of it is first imported."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:pulumi_aws")


@pytest.fixture(autouse=True)
def event_loop_of_its_own() -> Iterator[None]:
    """Pulumi's runtime asks for the thread's event loop, which another room's test may have taken away."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()
