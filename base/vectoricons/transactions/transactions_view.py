"""The transactions view: what moved on whose account, and for which thing that was sold."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Numeric, SmallInteger, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Entity, Money
from vectoricons.common.views import View, ViewRepository, ViewService


class TransactionsView(View):
    __tablename__ = "transactions_view"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    account_label: Mapped[str] = mapped_column(String(255))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    entity_type: Mapped[str | None] = mapped_column(String(32))
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    transaction_id: Mapped[int] = mapped_column(BigInteger)
    transaction_uuid: Mapped[UUID] = mapped_column(Uuid)
    transaction_category: Mapped[str] = mapped_column(String(255))
    transaction_type_id: Mapped[int] = mapped_column(BigInteger)
    transaction_type_label: Mapped[str] = mapped_column(String(255))
    transaction_type_operation: Mapped[int] = mapped_column(SmallInteger)
    payment_type_id: Mapped[int] = mapped_column(BigInteger)
    payment_type: Mapped[str] = mapped_column(String(64))
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    memo: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AccountEntry(Entity):
    """An item of a transaction as its account's owner reads it; ``id`` is the item's."""

    id: int
    user_id: int | None
    account_id: int
    account_label: str
    amount: Money
    entity_type: str | None
    entity_id: int | None
    transaction_id: int
    transaction_uuid: UUID
    transaction_category: str
    transaction_type_id: int
    transaction_type_label: str
    transaction_type_operation: int
    payment_type_id: int
    payment_type: str
    order_id: int | None
    memo: str | None
    created_at: datetime

    @property
    def signed(self) -> Decimal:
        """What it did to the balance."""
        return self.amount * self.transaction_type_operation


class AccountEntryRepository(ViewRepository[TransactionsView, AccountEntry]):
    """What moved on accounts."""


class AccountEntryService(ViewService[AccountEntry]):
    """What moved on accounts: people see their own, administrators all."""

    repository: AccountEntryRepository
