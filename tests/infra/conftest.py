"""The tests of what the program declares."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """The SDK warns of its own deprecated classes when a service of it is first imported."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:pulumi_aws")
