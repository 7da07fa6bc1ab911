"""Credits: downloads paid in advance. Prepaid ones are bought in packs, a subscriber's come by the month.

What a user's credits are worth together is, to the cent, the balance of the account they are kept on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.accounts import ZERO
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.common.access_control import nobody
from vectoricons.common.entity import CENT, Money, Timestamped
from vectoricons.common.errors import Conflict
from vectoricons.common.mixins.service import (
    SWITCHES,
    WRITES,
    AccessControlled,
    Activatable,
    Observable,
    Pluggable,
)
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row, one_of
from vectoricons.products.offers import CREDIT_PRICE


class NotEnoughCredits(Conflict):
    """Fewer credits are left than are asked for."""

    code = "not-enough-credits"
    title = "There are not enough credits"


class CreditType(StrEnum):
    """Where credits come from, and so which account they are kept on."""

    PREPAID = "prepaid"
    SUBSCRIBER = "subscriber"

    @property
    def account_type(self) -> AccountTypeId:
        """The account their worth is on."""
        prepaid = self is CreditType.PREPAID
        return AccountTypeId.USER_PREPAID_CREDITS if prepaid else AccountTypeId.USER_SUBSCRIBER_CREDITS


class CreditRow(Row, HasIsActive, HasTimestamps):
    """``remaining`` of ``quantity`` are left, and are worth ``worth`` together."""

    __tablename__ = "credits"
    __table_args__ = (
        one_of("credit_type", CreditType),
        CheckConstraint("remaining >= 0 and remaining <= quantity", name="remaining"),
        CheckConstraint("worth >= 0 and (remaining > 0 or worth = 0)", name="worth"),
        Index(
            "ix_credits_spendable",
            "user_id",
            "credit_type",
            "expires_at",
            "id",
            postgresql_where=text("is_active and remaining > 0"),
        ),
        Index("ix_credits_expires_at", "expires_at", postgresql_where=text("is_active")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"), index=True)
    order_item_id: Mapped[int | None] = mapped_column(ForeignKey("order_items.id"), index=True)
    billing_period_id: Mapped[int | None] = mapped_column(ForeignKey("billing_periods.id"), index=True)
    credit_type: Mapped[str] = mapped_column(String(16))
    quantity: Mapped[int] = mapped_column(Integer)
    remaining: Mapped[int] = mapped_column(Integer)
    worth: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    dollar_value_per_credit: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    starts_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.statement_timestamp()
    )
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    memo: Mapped[str | None] = mapped_column(Text)


class Credit(Timestamped):
    """Credits that came together; prepaid ones do not expire."""

    id: int
    user_id: int
    account_id: int
    transaction_id: int | None
    order_item_id: int | None
    billing_period_id: int | None
    credit_type: CreditType
    quantity: int
    remaining: int
    worth: Money
    dollar_value_per_credit: Money
    starts_at: datetime
    expires_at: datetime | None
    memo: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """Credits that were taken from one row, and what they were worth."""

    credit: Credit
    quantity: int
    worth: Decimal


class CreditRepository(Repository[CreditRow, Credit]):
    """Credits."""

    def spendable(self, user_id: int, kind: CreditType) -> list[Credit]:
        """What the user can spend now, what expires first coming first; held until the transaction ends."""
        row, now = self.row, func.statement_timestamp()
        open_now = (row.starts_at <= now) & (row.expires_at.is_(None) | (row.expires_at > now))
        own = (row.user_id == user_id) & (row.credit_type == kind) & row.is_active & (row.remaining > 0)
        found = self.query(own & open_now).order_by(None).order_by(row.expires_at.nulls_last(), row.id)
        return self._entities(found.with_for_update())

    def free(self, where: ColumnElement[bool], limit: int) -> list[Credit]:
        """Some that fit and nobody else is at, held until the transaction ends."""
        return self._entities(self.query(where).limit(limit).with_for_update(skip_locked=True))

    def left_of(self, where: Mapping[str, object]) -> list[Credit]:
        """The active credits of an order's line or a billing period, held until the transaction ends."""
        return self._entities(self.query({**where, "is_active": True}).with_for_update())


class CreditService(Observable[Credit], Pluggable[Credit], AccessControlled[Credit], Activatable[Credit]):
    """Credits: people see their own; purchases, subscriptions and downloads move them."""

    repository: CreditRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys((*WRITES, *SWITCHES), nobody)

    def available(self, user_id: int, kind: CreditType) -> int:
        """How many the user can spend now."""
        row, now = self.repository.row, func.statement_timestamp()
        where = (row.user_id == user_id) & (row.credit_type == kind) & (row.remaining > 0)
        open_now = (row.starts_at <= now) & (row.expires_at.is_(None) | (row.expires_at > now))
        return sum(one.remaining for one in self.get_where(where & row.is_active & open_now))


def in_credits(price: Decimal) -> int:
    """What something costs in prepaid credits: one for each dollar begun."""
    return int((price / CREDIT_PRICE).to_integral_value(ROUND_CEILING))


def worth_each(worth: Decimal, quantity: int) -> Decimal:
    """What one of *quantity* credits is worth, to the cent: for people. Postings go by :func:`worth_of`."""
    return (worth / quantity).quantize(CENT, ROUND_HALF_UP) if quantity else ZERO


def worth_of(credit: Credit, quantity: int) -> Decimal:
    """What *quantity* of what is left of *credit* is worth. The last takes the rest: no cent is lost."""
    return (credit.worth * quantity / credit.remaining).quantize(CENT, ROUND_HALF_UP)


def take(repository: CreditRepository, user_id: int, kind: CreditType, quantity: int) -> list[Taken]:
    """Take *quantity* credits of the user's. Raises NotEnoughCredits, having taken none."""
    taken: list[Taken] = []
    found = repository.spendable(user_id, kind)
    there = sum(credit.remaining for credit in found)
    if there < quantity:
        raise NotEnoughCredits(f"You have {there} {kind} credits; this takes {quantity}.")
    for credit in found:
        wanted = min(credit.remaining, quantity - sum(one.quantity for one in taken))
        if wanted:
            taken.append(Taken(credit, wanted, worth_of(credit, wanted)))
    for one in taken:
        _reduce(repository, one)
    return taken


def take_all(repository: CreditRepository, left: Sequence[Credit]) -> Decimal:
    """Take all that is *left*, which is held, and switch it off; returns what it was worth."""
    for credit in left:
        repository.update(credit.id, {"remaining": 0, "worth": ZERO, "is_active": False})
    return sum((credit.worth for credit in left), ZERO)


def _reduce(repository: CreditRepository, taken: Taken) -> None:
    left = {"remaining": taken.credit.remaining - taken.quantity, "worth": taken.credit.worth - taken.worth}
    repository.update(taken.credit.id, left)
