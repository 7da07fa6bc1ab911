"""Cards: what was charged for an order, and what of it is to be sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from vectoricons.accounts import AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.transactions import (
    Entry,
    PaymentTypeId,
    Transaction,
    TransactionCategoryId,
    TransactionRepository,
    TransactionService,
    credit,
    debit,
)

CHARGED, SENT = "payment:", "refund-sent:"

_DUE = text(f"""
    select item.transaction_id, item.memo, item.amount
    from transaction_items item join accounts account on account.id = item.account_id
    where account.user_id is null and account.account_type_id = {AccountTypeId.LIABILITY.value}
        and item.transaction_type_id = 1 and item.memo is not null
        and not exists (
            select from transactions sent
            where sent.idempotency_key = '{SENT}' || item.transaction_id)
    order by item.id limit :limit
""")  # noqa: S608  (constants of ours)


@dataclass(frozen=True, slots=True)
class Due:
    """A refund that has to be sent to the card of a charge."""

    transaction_id: int
    charge: str
    amount: Decimal


def charge_of(work: UnitOfWork, order_id: int) -> str | None:
    """The charge that paid the order: the first, should it have been charged twice."""
    wanted = {"order_id": order_id, "transaction_category_id": TransactionCategoryId.PURCHASE}
    first = TransactionRepository(work.session).find_one(wanted)
    return first.idempotency_key.removeprefix(CHARGED) if first else None


def receive(
    work: UnitOfWork, user_id: int, amount: Decimal, charge: str, order_id: int | None = None
) -> None:
    """The charge came in: the money is on the user's pay-as-you-go account."""
    cash, payer = AccountService(work).get_or_create_many(
        [(None, AccountTypeId.ASSET), (user_id, AccountTypeId.USER_PAY_AS_YOU_GO)]
    )
    _post(
        work,
        f"{CHARGED}{charge}",
        TransactionCategoryId.PURCHASE,
        [debit(cash, amount, memo="card"), credit(payer, amount, memo="card")],
        order_id,
    )


def send_back(
    work: UnitOfWork, user_id: int, amount: Decimal, charge: str, order_id: int, *, key: str
) -> Transaction:
    """Money on the user's account is the card's, not to be spent here: it waits to be sent back there."""
    payer, liable = AccountService(work).get_or_create_many(
        [(user_id, AccountTypeId.USER_PAY_AS_YOU_GO), (None, AccountTypeId.LIABILITY)]
    )
    moves = [debit(payer, amount, memo="to the card"), credit(liable, amount, memo=charge)]
    return _post(work, f"to-card:{key}", TransactionCategoryId.REFUND, moves, order_id)


def due(work: UnitOfWork, limit: int = 100) -> list[Due]:
    """Refunds that were not sent yet, oldest first."""
    return [Due(*row) for row in work.session.execute(_DUE, {"limit": limit})]


def mark_sent(work: UnitOfWork, refund: Due) -> Transaction:
    """The refund was sent: the money has left the house. Twice is once."""
    liable, cash = AccountService(work).get_or_create_many(
        [(None, AccountTypeId.LIABILITY), (None, AccountTypeId.ASSET)]
    )
    moves = [debit(liable, refund.amount), credit(cash, refund.amount, memo="card")]
    return _post(work, f"{SENT}{refund.transaction_id}", TransactionCategoryId.REFUND, moves)


def _post(
    work: UnitOfWork,
    key: str,
    category: TransactionCategoryId,
    moves: Sequence[Entry],
    order_id: int | None = None,
) -> Transaction:
    return TransactionService(work).post(
        key=key, category=category, payment_type=PaymentTypeId.PAY_AS_YOU_GO, entries=moves, order_id=order_id
    )
