"""Order items: the lines of an order, with the prices that were agreed on. They never change again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasEntity, HasTimestamps, Row, one_of
from vectoricons.products.offers import OfferType


class OrderItemRow(Row, HasEntity, HasTimestamps):
    """``seller_id`` is whose work it was when it was sold; credits and subscriptions are nobody's."""

    __tablename__ = "order_items"
    __table_args__ = (
        UniqueConstraint("order_id", "entity_type", "entity_id"),
        one_of("entity_type", OfferType),
        CheckConstraint("discounted_amount >= 0 and discounted_amount <= amount", name="amounts"),
        Index("ix_order_items_entity_id", "entity_type", "entity_id"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="cascade"))
    cart_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("cart_items.id", ondelete="set null"), index=True
    )
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    discounted_amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    refunded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class OrderItem(Timestamped):
    """A line of an order: ``amount`` without the coupon, ``discounted_amount`` what is to pay."""

    id: int
    order_id: int
    entity_type: OfferType
    entity_id: int
    cart_item_id: int | None
    seller_id: int | None
    name: str
    amount: Money
    discounted_amount: Money
    refunded_at: datetime | None


class OrderItemRepository(Repository[OrderItemRow, OrderItem]):
    """Order items."""

    unique_key = ("order_id", "entity_type", "entity_id")

    def refund(self, order_id: int, ids: Sequence[int] | None) -> list[OrderItem]:
        """The lines *ids*, or all, that were not refunded before, now refunded."""
        due = self.find_all(
            {"order_id": order_id, "refunded_at": None, **({} if ids is None else {"id": list(ids)})}
        )
        self.update_where({"id": [line.id for line in due]}, {"refunded_at": func.statement_timestamp()})
        return self.find_by_ids([line.id for line in due])


class OrderItemService(Observable[OrderItem], AccessControlled[OrderItem]):
    """Order items for administrators to look at; a buyer has them with the order."""

    repository: OrderItemRepository
    public = False
    policies = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)
