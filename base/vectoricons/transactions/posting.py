"""Postings: the entries a transaction is made of, and what must be true of them before they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from vectoricons.accounts import ZERO, Account, AccountStatus
from vectoricons.common.entity import CENT
from vectoricons.common.errors import Conflict, Invalid
from vectoricons.transactions.transaction_types import TransactionTypeId


class InsufficientFunds(Conflict):
    """An account would owe that may not."""

    code = "insufficient-funds"
    status = HTTPStatus.CONFLICT
    title = "There is not enough on the account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One side of a posting: an amount above zero onto (credit) or off (debit) an account."""

    account_id: int
    type: TransactionTypeId
    amount: Decimal
    order_item_id: int | None = None
    commission_amount: Decimal | None = None
    memo: str | None = None

    @property
    def signed(self) -> Decimal:
        """What it does to the balance."""
        return self.amount * self.type.operation


def credit(
    account: Account,
    amount: Decimal,
    *,
    order_item_id: int | None = None,
    memo: str | None = None,
    commission_amount: Decimal | None = None,
) -> Entry:
    """*amount* onto the account."""
    return Entry(
        account_id=account.id,
        type=TransactionTypeId.CREDIT,
        amount=amount,
        order_item_id=order_item_id,
        commission_amount=commission_amount,
        memo=memo,
    )


def debit(
    account: Account, amount: Decimal, *, order_item_id: int | None = None, memo: str | None = None
) -> Entry:
    """*amount* off the account."""
    return Entry(
        account_id=account.id,
        type=TransactionTypeId.DEBIT,
        amount=amount,
        order_item_id=order_item_id,
        memo=memo,
    )


def require_balanced(entries: Sequence[Entry]) -> None:
    """Raises Invalid unless every amount is whole cents above zero and the signed amounts sum to zero."""
    if not entries:
        raise Invalid("A transaction has at least two entries.")
    for entry in entries:
        if not entry.amount.is_finite() or entry.amount <= 0 or entry.amount != entry.amount.quantize(CENT):
            raise Invalid(f"{entry.amount} is no amount to post. Give whole cents above zero.")
    rest = sum((entry.signed for entry in entries), ZERO)
    if rest:
        raise Invalid(f"Credits and debits of a transaction must be equal; these differ by {abs(rest)}.")


def deltas(entries: Iterable[Entry]) -> Mapping[int, Decimal]:
    """What the entries do to each account, by id."""
    sums: dict[int, Decimal] = {}
    for entry in entries:
        sums[entry.account_id] = sums.get(entry.account_id, ZERO) + entry.signed
    return dict(sorted(sums.items()))


def require_possible(account: Account, delta: Decimal) -> None:
    """Raises InsufficientFunds or Conflict unless the account can be moved by *delta*."""
    if account.status == AccountStatus.CLOSED or (delta < 0 and account.status != AccountStatus.ACTIVE):
        raise Conflict(f"Account {account.id} is {account.status}: nothing can be taken from it.")
    if account.balance + delta < 0 and not account.may_be_negative:
        raise InsufficientFunds(
            f"Account {account.id} holds {account.balance}; {-delta} cannot be taken from it."
        )
