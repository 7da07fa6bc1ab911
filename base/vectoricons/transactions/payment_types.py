"""Payment types: by what a transaction is paid."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Entity
from vectoricons.common.mixins.service import Managed
from vectoricons.common.repository import Repository
from vectoricons.common.row import Row


class PaymentTypeId(IntEnum):
    """The rows every installation has."""

    PREPAID_CREDITS = 1
    SUBSCRIBER_CREDITS = 2
    PAY_AS_YOU_GO = 3
    CASHOUT = 4


class PaymentTypeRow(Row):
    __tablename__ = "payment_types"

    type: Mapped[str] = mapped_column(String(64), unique=True)
    description: Mapped[str | None] = mapped_column(Text)


class PaymentType(Entity):
    """By what a transaction is paid."""

    id: int
    type: str
    description: str | None


class PaymentTypeRepository(Repository[PaymentTypeRow, PaymentType]):
    """Payment types."""

    unique_key = ("type",)


class PaymentTypeService(Managed[PaymentType]):
    """Payment types."""

    repository: PaymentTypeRepository
