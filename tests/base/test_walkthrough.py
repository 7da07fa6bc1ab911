"""The walk-through in the documentation is what happens."""

from __future__ import annotations

from pathlib import Path

from local import stripe_mock
from local.processes import free_port
from tests.walkthrough.page import PAGE, walked
from vectoricons.common.database import Database


def test_the_walk_through_is_what_happens_today(database: Database, tmp_path: Path) -> None:
    with stripe_mock.running(tmp_path, free_port()) as mock:
        happened = walked(database, mock.url)
    assert PAGE.read_text() == happened, "`make walkthrough` writes it anew"
