"""Every test that takes ``subject`` runs once per module, in a transaction that is rolled back."""

from __future__ import annotations

import pytest

from tests.base.contracts.modules import MODULES, Module, Subject
from tests.base.world import World
from vectoricons.common.unit_of_work import UnitOfWork


@pytest.fixture(params=MODULES, ids=str)
def module(request: pytest.FixtureRequest) -> Module:
    """Each module in turn."""
    found: Module = request.param
    return found


@pytest.fixture
def subject(module: Module, work: UnitOfWork) -> Subject:
    """Each module in turn, in a unit of work."""
    return Subject(module, World(work))
