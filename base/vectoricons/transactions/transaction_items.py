"""Transaction items: the lines of a transaction, each a credit or a debit of one account."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.accounts import Account, AccountRow
from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, related
from vectoricons.transactions.payment_types import PaymentType, PaymentTypeRow
from vectoricons.transactions.transaction_types import TransactionType, TransactionTypeRow


class TransactionItemRow(Row, HasTimestamps):
    """``commission_amount`` is what the house kept of the sale that the item gives the share of."""

    __tablename__ = "transaction_items"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("commission_amount >= 0", name="commission_amount"),
        Index("ix_transaction_items_account_id", "account_id", "id"),
    )

    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    transaction_type_id: Mapped[int] = mapped_column(ForeignKey("transaction_types.id"))
    payment_type_id: Mapped[int] = mapped_column(ForeignKey("payment_types.id"))
    order_item_id: Mapped[int | None] = mapped_column(ForeignKey("order_items.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    commission_amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    memo: Mapped[str | None] = mapped_column(Text)

    account: Mapped[AccountRow] = related()
    transaction_type: Mapped[TransactionTypeRow] = related()
    payment_type: Mapped[PaymentTypeRow] = related()


class TransactionItem(Timestamped):
    """One line: an amount above zero, and by its type which way it moves the account."""

    id: int
    transaction_id: int
    account_id: int
    transaction_type_id: int
    payment_type_id: int
    order_item_id: int | None
    amount: Money
    commission_amount: Money | None
    memo: str | None
    account: Account | None = None
    transaction_type: TransactionType | None = None
    payment_type: PaymentType | None = None


class TransactionItemRepository(Repository[TransactionItemRow, TransactionItem]):
    """Transaction items."""

    graphs: ClassVar = {"default": ("account", "transaction_type", "payment_type")}


class TransactionItemService(
    Observable[TransactionItem], Pluggable[TransactionItem], AccessControlled[TransactionItem]
):
    """Transaction items: read by administrators, written by postings alone. People read the view."""

    repository: TransactionItemRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)
