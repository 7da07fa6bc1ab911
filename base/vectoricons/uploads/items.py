"""Upload items: the files of a ZIP, claimed by workers in chunks and settled once each.

A claim is a lease with a token, by the database's clock. Who settles must show the token: a worker that was
taken for dead, and whose items went to another, changes nothing when it wakes up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    case,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import Policy, nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.reason import Reason
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of
from vectoricons.uploads.batches import UploadBatchService, reason_columns
from vectoricons.uploads.reasons import Cause

CHUNK = 25
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5


class ItemState(StrEnum):
    """``queued -> rendering -> ready | rejected``; back to ``queued`` when a worker dies."""

    QUEUED = "queued"
    RENDERING = "rendering"
    READY = "ready"
    REJECTED = "rejected"


class UploadItemRow(Row, HasTimestamps):
    """``entry_no`` numbers the files of a ZIP from 1. ``entity_id`` is the icon or illustration it became."""

    __tablename__ = "upload_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "entry_no"),
        one_of("state", ItemState),
        Index("ix_upload_items_queued", "batch_id", "entry_no", postgresql_where=text("state = 'queued'")),
        Index("ix_upload_items_lease_until", "lease_until", postgresql_where=text("state = 'rendering'")),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("upload_batches.id", ondelete="cascade"))
    entry_no: Mapped[int] = mapped_column(Integer)
    filename: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16), server_default=ItemState.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    reason_code: Mapped[str | None] = mapped_column(String(64))
    reason_detail: Mapped[str | None] = mapped_column(Text)
    reason_hint: Mapped[str | None] = mapped_column(Text)
    set_id: Mapped[int | None] = mapped_column(ForeignKey("sets.id"))
    entity_type: Mapped[str | None] = mapped_column(String(32))
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str | None] = mapped_column(String(255))
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(64)), server_default=text("'{}'"))
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))


class UploadItem(Timestamped):
    """A file of a ZIP and how far it is."""

    id: int
    batch_id: UUID
    entry_no: int
    filename: str
    state: ItemState
    attempts: int
    reason_code: str | None = None
    reason_detail: str | None = None
    reason_hint: str | None = None
    set_id: int | None = None
    entity_type: str | None = None
    entity_id: int | None = None
    name: str | None = None
    tags: tuple[str, ...] = ()
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class Expired:
    """What became of the leases that ran out in a batch."""

    batch_id: UUID
    requeued: int
    rejected: int


class UploadItemRepository(Repository[UploadItemRow, UploadItem]):
    """Items, and the set-wise statements of the lease."""

    def claim(self, batch_id: UUID, token: UUID, limit: int) -> list[UploadItem]:
        """Lease up to *limit* queued items of the batch; other workers skip them. In one statement."""
        row = self.row
        free = (
            select(row.id)
            .where(row.batch_id == batch_id, row.state == ItemState.QUEUED)
            .order_by(row.entry_no)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("free")
            .prefix_with("materialized", dialect="postgresql")
        )
        lease = {
            "state": ItemState.RENDERING,
            "attempts": row.attempts + 1,
            "lease_until": func.statement_timestamp() + LEASE,
            "lease_token": token,
        }
        claimed = self._written(update(row).where(row.id == free.c.id).values(lease).returning(row))
        return sorted(claimed, key=lambda item: item.entry_no)

    def held(self, token: UUID) -> set[int]:
        """Ids of the items still leased under *token*, locked until the transaction ends."""
        ours = select(self.row.id).where(self._leased(token)).order_by(self.row.id).with_for_update()
        return set(self._session.scalars(ours))

    def settle_ready(
        self, token: UUID, entity_type: str, entities: dict[int, int], remarks: Mapping[int, Reason]
    ) -> int:
        """The items of *entities* (item id to icon or illustration id) are ready, some with a remark."""
        row = self.row
        became = case(entities, value=row.id)
        ready = {"state": ItemState.READY, "entity_type": entity_type, "entity_id": became}
        return self._settle(token, entities, {**ready, **self._said(remarks)})

    def settle_rejected(self, token: UUID, reasons: dict[int, Reason]) -> int:
        """The items of *reasons* (by item id) are turned away."""
        return self._settle(token, reasons, {"state": ItemState.REJECTED, **self._said(reasons)})

    def give_back(self, token: UUID, item_ids: Collection[int]) -> int:
        """Queue leased items again as if they had not been claimed: nothing was wrong with them."""
        undone = {"state": ItemState.QUEUED, "attempts": self.row.attempts - 1}
        return self._settle(token, item_ids, undone)

    def expire(self) -> list[Expired]:
        """Queue what was leased too long, or reject it after the last attempt; per batch, what was done."""
        row = self.row
        final = row.attempts >= MAX_ATTEMPTS
        poison = reason_columns(
            Reason.of(
                Cause.RENDERER_FAILED, f"could not be drawn: it stopped the renderer {MAX_ATTEMPTS} times"
            )
        )
        dead = (
            select(row.id)
            .where(row.state == ItemState.RENDERING, row.lease_until < func.statement_timestamp())
            .with_for_update(skip_locked=True)
            .cte("dead")
            .prefix_with("materialized", dialect="postgresql")
        )
        changed = (
            update(row)
            .where(row.id == dead.c.id)
            .values(
                state=case((final, ItemState.REJECTED), else_=ItemState.QUEUED),
                lease_until=None,
                lease_token=None,
                **{name: case((final, words), else_=None) for name, words in poison.items()},
            )
            .returning(row.batch_id, row.state)
        )
        counts: dict[UUID, list[int]] = {}
        for batch_id, state in self._session.execute(
            changed, execution_options={"synchronize_session": False}
        ):
            counts.setdefault(batch_id, [0, 0])[state == ItemState.REJECTED] += 1
        return [Expired(batch_id, *both) for batch_id, both in counts.items()]

    def queued_by_batch(self) -> dict[UUID, int]:
        """How many items wait for a worker, for each batch that has any."""
        waiting = (
            select(self.row.batch_id, func.count().label("queued"))
            .where(self.row.state == ItemState.QUEUED)
            .group_by(self.row.batch_id)
        )
        return {row.batch_id: row.queued for row in self._session.execute(waiting)}

    def count_open(self) -> int:
        """How many items are neither ready nor rejected."""
        return self.count({"state": [ItemState.QUEUED, ItemState.RENDERING]})

    def _settle(self, token: UUID, item_ids: Collection[int], values: dict[str, Any]) -> int:
        if not item_ids:
            return 0
        ended = {"lease_until": None, "lease_token": None, **values}
        return self._affected(
            update(self.row).where(self._leased(token), self.row.id.in_(item_ids)).values(ended)
        )

    def _said(self, reasons: Mapping[int, Reason]) -> dict[str, Any]:
        """The reason of each item, as columns."""
        if not reasons:
            return {}
        columns = {id_: reason_columns(reason) for id_, reason in reasons.items()}
        return {
            name: case({id_: said[name] for id_, said in columns.items()}, value=self.row.id)
            for name in ("reason_code", "reason_detail", "reason_hint")
        }

    def _leased(self, token: UUID) -> Any:
        return (self.row.lease_token == token) & (self.row.state == ItemState.RENDERING)


class UploadItemService(Observable[UploadItem], AccessControlled[UploadItem]):
    """The files of uploads: seen by their contributor through the batch, moved on by the workers."""

    repository: UploadItemRepository
    public: ClassVar[bool] = False
    policies: ClassVar[Mapping[str, Policy]] = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)

    def of_batch(self, batch_id: UUID) -> Sequence[UploadItem]:
        """The files of a batch the actor may see, in the order of the ZIP. Raises NotFound for another's."""
        UploadBatchService(self.work).assert_exists(batch_id)
        return self.repository.find_all({"batch_id": batch_id})
