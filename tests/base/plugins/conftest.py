"""A stage for plugins, with nothing in the outbox."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.base.plugins.stage import SYSTEM, Stage
from vectoricons.common.database import Database


@pytest.fixture
def stage(database: Database) -> Stage:
    with database.unit_of_work(SYSTEM) as work:
        work.session.execute(text("delete from event_outbox"))
    return Stage(database)
