"""Conversions: the batch converter's checkpoints, and drawings found by their key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ITEMS = ("icons", "illustrations")


def upgrade() -> None:
    now = sa.text("statement_timestamp()")

    def timestamps() -> tuple[sa.Column[object], ...]:
        return (
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        )

    op.create_table(
        "conversion_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(64), nullable=False),
        *timestamps(),
        sa.PrimaryKeyConstraint("id", name="pk_conversion_runs"),
    )
    op.create_index("ix_conversion_runs_job", "conversion_runs", ["job", "created_at"])
    op.create_table(
        "conversions",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("object_key", sa.String(1024), nullable=False),
        sa.Column("version", sa.String(255), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("bytes_in", sa.BigInteger(), nullable=False),
        sa.Column("bytes_out", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.String(64), nullable=True),
        sa.Column("reason_detail", sa.Text(), nullable=True),
        sa.Column("reason_hint", sa.Text(), nullable=True),
        *timestamps(),
        sa.CheckConstraint("outcome in ('converted', 'unchanged', 'failed')", name="ck_conversions_outcome"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["conversion_runs.id"], name="fk_conversions_run_id", ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("run_id", "object_key", name="pk_conversions"),
    )
    for table in ITEMS:
        op.create_index(f"ix_{table}_svg_key", table, ["svg_key"])
