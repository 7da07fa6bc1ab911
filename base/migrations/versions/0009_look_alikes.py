"""Look-alikes: drawings found by what they look like."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("icons", "illustrations"):
        op.execute(
            f"create index ix_{table}_perceptual_hash on {table} (perceptual_hash, id)"
            " where is_live and perceptual_hash is not null"
        )
