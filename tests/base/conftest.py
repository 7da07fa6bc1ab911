"""The domain's tests run on clones of one migrated database."""

from __future__ import annotations

import pytest

from tests.base.world import World
from tests.databases import database, template, work
from vectoricons.common.unit_of_work import UnitOfWork

__all__ = ["database", "template", "work", "world"]


@pytest.fixture
def world(work: UnitOfWork) -> World:
    """People and things in the unit of work that is rolled back."""
    return World(work)
