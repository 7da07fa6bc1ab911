"""``make walkthrough``: walk on a Postgres of its own, and write the page."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from local import postgres, stripe_mock
from local.processes import free_port
from tests.walkthrough.page import PAGE, walked
from vectoricons.common import migrate
from vectoricons.common.database import Database


def main() -> None:
    """Walk, and write."""
    with (
        TemporaryDirectory(prefix="vectoricons-walkthrough-", ignore_cleanup_errors=True) as folder,
        postgres.running(Path(folder) / "postgres", free_port(), durable=False) as server,
        stripe_mock.running(Path(folder) / "stripe", free_port()) as mock,
    ):
        migrate.upgrade(server.url())
        database = Database(server.url())
        PAGE.write_text(walked(database, mock.url))
        database.close()
    print(f"docs/{PAGE.name} is written.")


if __name__ == "__main__":
    main()
