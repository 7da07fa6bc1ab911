"""Transactions: the ledger. Each is a set of items that sum to zero, and none is ever changed once it stands.

Locks are taken in one order by all who move money: order, subscription, credits, then accounts by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Uuid, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.accounts import ZERO, AccountRepository
from vectoricons.common.access_control import Policy, anybody, nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.errors import Conflict, NotFound
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, related
from vectoricons.transactions import posting
from vectoricons.transactions.payment_types import PaymentType, PaymentTypeId, PaymentTypeRow
from vectoricons.transactions.posting import Entry, InsufficientFunds, credit, debit
from vectoricons.transactions.transaction_categories import (
    TransactionCategory,
    TransactionCategoryId,
    TransactionCategoryRow,
)
from vectoricons.transactions.transaction_items import (
    TransactionItem,
    TransactionItemRepository,
    TransactionItemRow,
)
from vectoricons.transactions.transaction_types import TransactionTypeId

__all__ = [
    "Entry",
    "InsufficientFunds",
    "PaymentTypeId",
    "Transaction",
    "TransactionCategoryId",
    "TransactionRepository",
    "TransactionRow",
    "TransactionService",
    "TransactionTypeId",
    "credit",
    "debit",
]


class TransactionRow(Row, HasTimestamps):
    """``amount`` is what changed hands: the sum of the credits. The key makes a posting happen once."""

    __tablename__ = "transactions"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    uuid: Mapped[UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    idempotency_key: Mapped[str] = mapped_column(String(128), unique=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    payment_type_id: Mapped[int] = mapped_column(ForeignKey("payment_types.id"))
    transaction_category_id: Mapped[int] = mapped_column(ForeignKey("transaction_categories.id"))

    transaction_items: Mapped[list[TransactionItemRow]] = related(order_by=TransactionItemRow.id)
    payment_type: Mapped[PaymentTypeRow] = related()
    transaction_category: Mapped[TransactionCategoryRow] = related()


class Transaction(Timestamped):
    """Money that moved, and why."""

    id: int
    uuid: UUID
    idempotency_key: str
    amount: Money
    order_id: int | None
    payment_type_id: int
    transaction_category_id: int
    transaction_items: tuple[TransactionItem, ...] = ()
    payment_type: PaymentType | None = None
    transaction_category: TransactionCategory | None = None


class TransactionRepository(Repository[TransactionRow, Transaction]):
    """Transactions."""

    graphs: ClassVar = {"default": ("transaction_items", "payment_type", "transaction_category")}
    unique_key = ("idempotency_key",)

    def find_by_key(self, key: str) -> Transaction | None:
        """What was posted under this key, with its items, or None."""
        return self.find_one_with_relations({"idempotency_key": key})

    def begin(self, given: Mapping[str, object]) -> Transaction | None:
        """The new transaction; None when its key is taken. Waits for who is just posting under it."""
        begun = insert(self.row).values(**given).on_conflict_do_nothing(index_elements=self.unique_key)
        written = self._written(begun.returning(self.row))
        return written[0] if written else None


class TransactionService(Observable[Transaction], Pluggable[Transaction], AccessControlled[Transaction]):
    """The ledger: written by :meth:`post` alone, which is for the services of the domain: they have decided
    who may do what costs money. Administrators read it; people read ``transactions_view``.
    """

    repository: TransactionRepository
    public: ClassVar = False
    policies: ClassVar[Mapping[str, Policy]] = {
        **dict.fromkeys(("create", "update", "upsert", "delete"), nobody),
        "post": anybody,
    }

    def post(
        self,
        *,
        key: str,
        category: TransactionCategoryId,
        payment_type: PaymentTypeId,
        entries: Sequence[Entry],
        order_id: int | None = None,
    ) -> Transaction:
        """Move money: all of *entries* or nothing. The same posting again under *key* is the first one.

        Raises Invalid when they do not balance, InsufficientFunds when an account would owe that may not,
        Conflict when *key* stands for another posting or an account is shut, NotFound for an unknown one.
        """
        posting.require_balanced(entries)
        header = {
            "idempotency_key": key,
            "amount": sum((entry.amount for entry in entries if entry.signed > 0), ZERO),
            "order_id": order_id,
            "payment_type_id": payment_type,
            "transaction_category_id": category,
        }
        found = self.repository.find_by_key(key)
        if found is not None:
            return _the_same(found, header, entries)
        return self._perform(Write(name="post", items=(header,)), lambda: self._posted(header, entries))

    def _posted(self, header: Mapping[str, object], entries: Sequence[Entry]) -> Transaction:
        with self.work.savepoint():  # a refusal that is caught must not leave a header without items
            begun = self.repository.begin(header)
            if begun is None:
                first = self._there(self.repository.find_by_key(str(header["idempotency_key"])))
                return _the_same(first, header, entries)
            self._move(entries)
            items = TransactionItemRepository(self.work.session).create_many(
                _item(begun, entry) for entry in entries
            )
            return begun.clone_with(transaction_items=tuple(items))

    def _move(self, entries: Sequence[Entry]) -> None:
        accounts, deltas = AccountRepository(self.work.session), posting.deltas(entries)
        held = {account.id: account for account in accounts.locked(deltas)}
        for id, delta in deltas.items():
            if id not in held:
                raise NotFound(f"There is no account {id}.")
            posting.require_possible(held[id], delta)
        accounts.move(deltas)


def _item(begun: Transaction, entry: Entry) -> dict[str, object]:
    return {
        "transaction_id": begun.id,
        "account_id": entry.account_id,
        "transaction_type_id": entry.type,
        "payment_type_id": begun.payment_type_id,
        "order_item_id": entry.order_item_id,
        "amount": entry.amount,
        "commission_amount": entry.commission_amount,
        "memo": entry.memo,
    }


def _the_same(found: Transaction, header: Mapping[str, object], entries: Sequence[Entry]) -> Transaction:
    """*found*, if it says what is to be posted."""
    said = {name: getattr(found, name) for name in header}
    lines = sorted((one.account_id, one.transaction_type_id, one.amount) for one in found.transaction_items)
    if said != dict(header) or lines != sorted((one.account_id, one.type, one.amount) for one in entries):
        raise Conflict(f'The key "{found.idempotency_key}" stands for another transaction.')
    return found
