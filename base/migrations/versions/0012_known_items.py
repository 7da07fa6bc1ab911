"""A tier more for search: what was wanted twice or more, where middling words are looked up first."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("icons", "illustrations"):
        op.execute(
            f"create index ix_{table}_search_known on {table} using gin (search, style_id)"
            " where is_live and popularity >= 2"
        )
