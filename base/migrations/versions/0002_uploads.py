"""Uploads: batches and their items, the inbox of what S3 tells, and who was told of which event."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Column = sa.Column[Any]
BATCH_STATES = "('awaiting_upload', 'checking', 'processing', 'published', 'refused', 'duplicate')"


def upgrade() -> None:
    _batches()
    _items()
    _inbox()
    _notifications()


def timestamps() -> tuple[Column, ...]:
    now = sa.text("statement_timestamp()")
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
    )


def reason() -> tuple[Column, ...]:
    return (
        sa.Column("reason_code", sa.String(64), nullable=True),
        sa.Column("reason_detail", sa.Text(), nullable=True),
        sa.Column("reason_hint", sa.Text(), nullable=True),
    )


def count(name: str) -> Column:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def moment(name: str) -> Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _batches() -> None:
    op.create_table(
        "upload_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contributor_id", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.String(1024), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("state", sa.String(16), server_default="awaiting_upload", nullable=False),
        *reason(),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("family_id", sa.BigInteger(), nullable=True),
        count("item_count"),
        count("ready_count"),
        count("rejected_count"),
        count("rings"),
        moment("preview_due_at"),
        moment("published_at"),
        *timestamps(),
        sa.CheckConstraint(f"state in {BATCH_STATES}", name="ck_upload_batches_state"),
        sa.CheckConstraint("ready_count + rejected_count <= item_count", name="ck_upload_batches_counts"),
        sa.ForeignKeyConstraint(["contributor_id"], ["users.id"], name="fk_upload_batches_contributor_id"),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["upload_batches.id"], name="fk_upload_batches_duplicate_of"
        ),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name="fk_upload_batches_family_id"),
        sa.PrimaryKeyConstraint("id", name="pk_upload_batches"),
        sa.UniqueConstraint("object_key", name="uq_upload_batches_object_key"),
    )
    op.create_index(
        "uq_upload_batches_contributor_id_sha256",
        "upload_batches",
        ["contributor_id", "sha256"],
        unique=True,
        postgresql_where=sa.text("state in ('processing', 'published')"),
    )
    op.create_index(
        "ix_upload_batches_contributor_id", "upload_batches", ["contributor_id", "created_at", "id"]
    )
    op.create_index("ix_upload_batches_family_id", "upload_batches", ["family_id"])
    op.create_index(
        "ix_upload_batches_processing",
        "upload_batches",
        ["id"],
        postgresql_where=sa.text("state = 'processing'"),
    )


def _items() -> None:
    op.create_table(
        "upload_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("state", sa.String(16), server_default="queued", nullable=False),
        count("attempts"),
        moment("lease_until"),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        *reason(),
        sa.Column("set_id", sa.BigInteger(), nullable=True),
        sa.Column("entity_type", sa.String(32), nullable=True),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(255), nullable=True),
        sa.Column("tags", sa.ARRAY(sa.String(64)), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=True),
        *timestamps(),
        sa.CheckConstraint(
            "state in ('queued', 'rendering', 'ready', 'rejected')", name="ck_upload_items_state"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["upload_batches.id"], name="fk_upload_items_batch_id", ondelete="cascade"
        ),
        sa.ForeignKeyConstraint(["set_id"], ["sets.id"], name="fk_upload_items_set_id"),
        sa.PrimaryKeyConstraint("id", name="pk_upload_items"),
        sa.UniqueConstraint("batch_id", "entry_no", name="uq_upload_items_batch_id_entry_no"),
    )
    op.create_index(
        "ix_upload_items_queued",
        "upload_items",
        ["batch_id", "entry_no"],
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_upload_items_lease_until",
        "upload_items",
        ["lease_until"],
        postgresql_where=sa.text("state = 'rendering'"),
    )


def _inbox() -> None:
    op.create_table(
        "upload_inbox",
        sa.Column("bucket", sa.String(63), nullable=False),
        sa.Column("object_key", sa.String(1024), nullable=False),
        sa.Column("version", sa.String(1024), nullable=False),
        sa.Column("sequencer", sa.String(64), nullable=False),
        sa.Column("event_name", sa.String(128), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        *reason(),
        *timestamps(),
        sa.CheckConstraint(
            "outcome in ('accepted', 'refused', 'duplicate', 'ignored')", name="ck_upload_inbox_outcome"
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["upload_batches.id"], name="fk_upload_inbox_batch_id"),
        sa.PrimaryKeyConstraint(
            "bucket", "object_key", "version", "sequencer", "event_name", name="pk_upload_inbox"
        ),
    )


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_name", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        count("attempts"),
        moment("lease_until"),
        *timestamps(),
        sa.CheckConstraint(
            "state in ('pending', 'posting', 'slack', 'email', 'unknown')", name="ck_notifications_state"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
    )
