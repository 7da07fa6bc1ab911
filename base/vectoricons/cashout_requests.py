"""Cashout requests: a contributor asks for what they earned. It is held from the moment they ask."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, update
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.accounts import AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.common.access_control import nobody, own_contribution
from vectoricons.common.entity import CENT, Money, Timestamped
from vectoricons.common.errors import Conflict, Invalid
from vectoricons.common.mixins.service import WRITES, AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of
from vectoricons.transactions import (
    PaymentTypeId,
    Transaction,
    TransactionCategoryId,
    TransactionService,
    credit,
    debit,
)
from vectoricons.users.users_to_emails import address

SMALLEST = Decimal("10.00")


class CashoutStatus(StrEnum):
    """Where a request is: ``MOVES`` says how it gets on."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLATION_REQUESTED = "cancellation_requested"
    CANCELLED = "cancelled"


MOVES: Mapping[CashoutStatus, frozenset[CashoutStatus]] = {
    CashoutStatus.PENDING: frozenset(
        {CashoutStatus.APPROVED, CashoutStatus.DENIED, CashoutStatus.CANCELLATION_REQUESTED}
    ),
    CashoutStatus.APPROVED: frozenset(
        {CashoutStatus.COMPLETED, CashoutStatus.FAILED, CashoutStatus.CANCELLATION_REQUESTED}
    ),
    # It may have been paid before anybody read that it was to be taken back.
    CashoutStatus.CANCELLATION_REQUESTED: frozenset({CashoutStatus.CANCELLED, CashoutStatus.COMPLETED}),
    **dict.fromkeys(
        (CashoutStatus.DENIED, CashoutStatus.COMPLETED, CashoutStatus.FAILED, CashoutStatus.CANCELLED),
        frozenset(),
    ),
}
GIVEN_BACK = frozenset({CashoutStatus.DENIED, CashoutStatus.FAILED, CashoutStatus.CANCELLED})


class CashoutMethod(StrEnum):
    """By which way the money goes."""

    PAYPAL = "paypal"
    STRIPE = "stripe"


class CashoutRequestRow(Row, HasTimestamps):
    """``email`` is the address to pay to; ``transaction_id`` what held it, and at last what ended it."""

    __tablename__ = "cashout_requests"
    __table_args__ = (
        one_of("status", CashoutStatus),
        one_of("method", CashoutMethod),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_cashout_requests_user_id", "user_id", "id"),
        Index("ix_cashout_requests_status", "status", "id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    status: Mapped[str] = mapped_column(String(32), server_default=CashoutStatus.PENDING)
    email: Mapped[str] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(16))
    memo: Mapped[str | None] = mapped_column(Text)


class CashoutRequest(Timestamped):
    """That a contributor asked for money, and how far that is."""

    id: int
    user_id: int
    approver_id: int | None
    transaction_id: int | None
    amount: Money
    status: CashoutStatus
    email: str
    method: CashoutMethod
    memo: str | None


class CashoutRequestRepository(Repository[CashoutRequestRow, CashoutRequest]):
    """Cashout requests."""

    def move(self, id: int, to: CashoutStatus, **values: Any) -> CashoutRequest | None:
        """The request, now *to*; None when that does not follow from where it is."""
        before = [status for status, following in MOVES.items() if to in following]
        moved = update(self.row).where(*self.conditions({"id": id, "status": before}))
        return next(iter(self._written(moved.values(status=to, **values).returning(self.row))), None)


class CashoutRequestService(
    Observable[CashoutRequest], Pluggable[CashoutRequest], AccessControlled[CashoutRequest]
):
    """Cashout requests: contributors ask, and ask to take back; administrators decide.

    Each move can be told twice: the second time changes nothing. Raises NotFound, and Conflict for a move
    that does not follow from where the request is.
    """

    repository: CashoutRequestRepository
    public: ClassVar = False
    policies: ClassVar = {
        "request": own_contribution,
        "request-cancellation": own_contribution,
        **dict.fromkeys((*WRITES, "approve", "deny", "complete", "fail", "cancel"), nobody),
    }

    def request(self, user_id: int, amount: Decimal, *, email: str, method: CashoutMethod) -> CashoutRequest:
        """Ask for *amount* of what the user earned; it is held from now on.

        Raises Invalid for less than ten dollars or a malformed address, InsufficientFunds.
        """
        if amount < SMALLEST or amount != amount.quantize(CENT):
            raise Invalid(f"Ask for ${SMALLEST} or more, in whole cents.")
        given = {"user_id": user_id, "amount": amount, "email": address(email), "method": method}
        return self._perform(Write(name="request", items=(given,)), lambda: self._requested(given))

    def approve(self, id: int) -> CashoutRequest:
        """Let it be paid."""
        return self._moved("approve", id, CashoutStatus.APPROVED, approver_id=self.work.actor.id)

    def deny(self, id: int, memo: str) -> CashoutRequest:
        """Refuse it, for the reason *memo*: the money is the contributor's again."""
        given = {"approver_id": self.work.actor.id, "memo": memo}
        return self._moved("deny", id, CashoutStatus.DENIED, **given)

    def complete(self, id: int) -> CashoutRequest:
        """It was paid: the money has left the house."""
        return self._moved("complete", id, CashoutStatus.COMPLETED)

    def fail(self, id: int, memo: str) -> CashoutRequest:
        """It could not be paid, for the reason *memo*: the money is the contributor's again."""
        return self._moved("fail", id, CashoutStatus.FAILED, memo=memo)

    def request_cancellation(self, id: int) -> CashoutRequest:
        """Ask to have it taken back before it is paid."""
        return self._moved("request-cancellation", id, CashoutStatus.CANCELLATION_REQUESTED)

    def cancel(self, id: int) -> CashoutRequest:
        """Take it back as was asked: the money is the contributor's again."""
        return self._moved("cancel", id, CashoutStatus.CANCELLED)

    def _requested(self, given: Mapping[str, Any]) -> CashoutRequest:
        asked = self.repository.create(given)
        held = self._transfer(asked, "hold", AccountTypeId.REVENUE, AccountTypeId.USER_LIABILITY)
        return self._there(self.repository.update(asked.id, {"transaction_id": held.id}))

    def _moved(self, name: str, id: int, to: CashoutStatus, **values: Any) -> CashoutRequest:
        return self._perform(Write(name=name, id=id), lambda: self._move(id, to, values))

    def _move(self, id: int, to: CashoutStatus, values: Mapping[str, Any]) -> CashoutRequest:
        moved = self.repository.move(id, to, **values)
        if moved is None:
            return self._already(id, to)
        if to in GIVEN_BACK:
            ended = self._transfer(moved, "release", AccountTypeId.USER_LIABILITY, AccountTypeId.REVENUE)
        elif to is CashoutStatus.COMPLETED:
            ended = self._transfer(moved, "payout", AccountTypeId.USER_LIABILITY, AccountTypeId.ASSET)
        else:
            return moved
        return self._there(self.repository.update(id, {"transaction_id": ended.id}))

    def _already(self, id: int, to: CashoutStatus) -> CashoutRequest:
        found = self._there(self.repository.find_by_id(id))
        if found.status != to:
            raise Conflict(f"Cashout request {id} is {found.status}; it cannot become {to}.")
        return found

    def _transfer(
        self, asked: CashoutRequest, why: str, off: AccountTypeId, onto: AccountTypeId
    ) -> Transaction:
        owner = None if onto is AccountTypeId.ASSET else asked.user_id
        giving, taking = AccountService(self.work).get_or_create_many([(asked.user_id, off), (owner, onto)])
        return TransactionService(self.work).post(
            key=f"cashout:{asked.id}:{why}",
            category=TransactionCategoryId.CASHOUT,
            payment_type=PaymentTypeId.CASHOUT,
            entries=[debit(giving, asked.amount, memo=why), credit(taking, asked.amount, memo=why)],
        )
