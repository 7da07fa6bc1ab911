"""Invoices: what somebody was asked to pay by card, for which order or subscription, and whether they did."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of


class InvoiceStatus(StrEnum):
    """Whether it was paid."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    VOID = "void"


class InvoiceRow(Row, HasTimestamps):
    """``stripe_id`` is Stripe's name for the charge: of a payment intent, or of an invoice of its own."""

    __tablename__ = "invoices"
    __table_args__ = (
        one_of("status", InvoiceStatus),
        CheckConstraint("amount >= 0", name="amount"),
        Index("ix_invoices_user_id", "user_id", "id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(
        ForeignKey("users_to_subscription_plans.id"), index=True
    )
    stripe_id: Mapped[str] = mapped_column(String(255), unique=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    status: Mapped[str] = mapped_column(String(16), server_default=InvoiceStatus.OPEN)


class Invoice(Timestamped):
    """What somebody was asked to pay."""

    id: int
    user_id: int
    order_id: int | None
    subscription_id: int | None
    stripe_id: str
    amount: Money
    status: InvoiceStatus


class InvoiceRepository(Repository[InvoiceRow, Invoice]):
    """Invoices."""

    unique_key = ("stripe_id",)

    def settle(self, stripe_id: str, status: InvoiceStatus) -> Invoice | None:
        """The invoice, now of this status; what was paid stays paid. None if there is none."""
        unpaid = [InvoiceStatus.OPEN, InvoiceStatus.FAILED, InvoiceStatus.VOID]
        self.update_where({"stripe_id": stripe_id, "status": unpaid}, {"status": status})
        return self.find_one({"stripe_id": stripe_id})


class InvoiceService(Observable[Invoice], Pluggable[Invoice], AccessControlled[Invoice]):
    """Invoices: people see their own; payments make them."""

    repository: InvoiceRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)
