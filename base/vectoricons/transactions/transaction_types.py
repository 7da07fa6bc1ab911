"""Transaction types: which way an item moves its account."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import CheckConstraint, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Entity
from vectoricons.common.mixins.service import Managed
from vectoricons.common.repository import Repository
from vectoricons.common.row import Row


class TransactionTypeId(IntEnum):
    """The rows every installation has."""

    CREDIT = 1
    DEBIT = 2

    @property
    def operation(self) -> int:
        """The sign an amount has on its account."""
        return 1 if self is TransactionTypeId.CREDIT else -1


class TransactionTypeRow(Row):
    __tablename__ = "transaction_types"
    __table_args__ = (CheckConstraint("operation in (1, -1)", name="operation"),)

    label: Mapped[str] = mapped_column(String(255), unique=True)
    operation: Mapped[int] = mapped_column(SmallInteger)


class TransactionType(Entity):
    """Which way an item moves its account: ``operation`` is 1 or -1."""

    id: int
    label: str
    operation: int


class TransactionTypeRepository(Repository[TransactionTypeRow, TransactionType]):
    """Transaction types."""

    unique_key = ("label",)


class TransactionTypeService(Managed[TransactionType]):
    """Transaction types."""

    repository: TransactionTypeRepository
