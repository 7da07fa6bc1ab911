"""Accounts: one a user and purpose; those without a user are the house's. Only postings move a balance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.accounts.account_types import AccountType, AccountTypeId, AccountTypeRow
from vectoricons.common.access_control import Policy, anybody, nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Data, Repository
from vectoricons.common.row import HasTimestamps, Row, one_of, related

ZERO = Decimal("0.00")
Owned = tuple[int | None, AccountTypeId]

_OPEN = text("""
    insert into accounts (user_id, account_type_id, may_be_negative, label)
    select :user_id, id, may_be_negative, value from account_types where id = :type
    on conflict do nothing
""")
_MOVE = text("""
    update accounts set balance = balance + :delta, updated_at = statement_timestamp() where id = :id
""")


class AccountStatus(StrEnum):
    """Active ones take and give; inactive and suspended ones only take; closed ones do neither."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class AccountRow(Row, HasTimestamps):
    """``may_be_negative`` is its type's, which the foreign key sees to, so that a check can hold it."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("user_id", "label", postgresql_nulls_not_distinct=True),
        ForeignKeyConstraint(
            ["account_type_id", "may_be_negative"],
            ["account_types.id", "account_types.may_be_negative"],
            onupdate="cascade",
        ),
        CheckConstraint("balance >= 0 or may_be_negative", name="balance"),
        one_of("status", AccountStatus),
    )

    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    account_type_id: Mapped[int] = mapped_column(BigInteger, index=True)
    may_be_negative: Mapped[bool] = mapped_column(server_default=text("false"))
    label: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), server_default=AccountStatus.ACTIVE)
    balance: Mapped[Decimal] = mapped_column(Numeric(14, 2), server_default=text("0"))

    account_type: Mapped[AccountTypeRow] = related()


class Account(Timestamped):
    """Where money of one kind and one owner is. Its balance is the sum of what was posted to it."""

    id: int
    user_id: int | None
    account_type_id: int
    may_be_negative: bool
    label: str
    description: str | None
    status: AccountStatus
    balance: Money
    account_type: AccountType | None = None


class AccountRepository(Repository[AccountRow, Account]):
    """Accounts, and the locked moves that postings make."""

    graphs: ClassVar = {"default": ("account_type",)}
    unique_key = ("user_id", "label")

    def values(self, data: Data) -> dict[str, Any]:
        """Column values without the balance: that is the postings' alone."""
        return {name: value for name, value in super().values(data).items() if name != "balance"}

    def find_or_create(self, wanted: Iterable[Owned]) -> list[Account]:
        """The account each user has for a type, in order. New ones go in sorted, so that none deadlock."""
        asked = list(wanted)
        found = self._usual(asked)
        missing = sorted(set(asked) - found.keys(), key=lambda pair: (pair[0] or 0, pair[1]))
        if missing:
            for user_id, type_id in missing:
                self._session.execute(_OPEN, {"user_id": user_id, "type": type_id})
            found = self._usual(asked)
        return [found[pair] for pair in asked]

    def locked(self, ids: Iterable[int]) -> list[Account]:
        """These accounts, held against other postings until the transaction ends; always by id."""
        return self._entities(self.query({"id": sorted(set(ids))}).with_for_update())

    def move(self, deltas: Mapping[int, Decimal]) -> None:
        """Add to the balances of accounts that are locked already."""
        self._session.execute(_MOVE, [{"id": id, "delta": delta} for id, delta in deltas.items()])

    def _usual(self, asked: Iterable[Owned]) -> dict[Owned, Account]:
        """Of each user and type the account that bears the type's name."""
        row, types = self.row, {type_id for _, type_id in asked}
        users = {user_id for user_id, _ in asked}
        named = select(AccountTypeRow.value).where(AccountTypeRow.id == row.account_type_id).scalar_subquery()
        owned = or_(row.user_id.in_(users - {None}), row.user_id.is_(None) if None in users else false())
        found = self.find_all(row.account_type_id.in_(types) & owned & (row.label == named))
        return {(one.user_id, AccountTypeId(one.account_type_id)): one for one in found}


class AccountService(Observable[Account], Pluggable[Account], AccessControlled[Account]):
    """Accounts: people see their own, administrators open and close them. Never cached: balances move.

    ``get-or-create`` is for the services of the domain, which have decided who may do what needs an account.
    """

    repository: AccountRepository
    public: ClassVar = False
    policies: ClassVar[Mapping[str, Policy]] = {
        **dict.fromkeys(("create", "update", "upsert", "delete"), nobody),
        "get-or-create": anybody,
    }

    def get_or_create(self, user_id: int | None, type_id: AccountTypeId) -> Account:
        """The user's account of this type; the house's for None. Safe when two ask at once."""
        return self.get_or_create_many([(user_id, type_id)])[0]

    def get_or_create_many(self, wanted: Sequence[Owned]) -> list[Account]:
        """As :meth:`get_or_create`, in the order asked for: for who needs several in one transaction."""
        asked = tuple({"user_id": user_id, "type": type_id.name} for user_id, type_id in wanted)
        operation = Write(name="get-or-create", items=asked)
        return self._perform(operation, lambda: self.repository.find_or_create(wanted))

    def get_by_user(self, user_id: int) -> list[Account]:
        """The user's accounts, with their types."""
        return self.get_with_relations({"user_id": user_id})

    def balance(self, user_id: int | None, type_id: AccountTypeId) -> Decimal:
        """What is on the user's accounts of this type; nothing if there is none."""
        found = self.get_where({"user_id": user_id, "account_type_id": type_id})
        return sum((account.balance for account in found), ZERO)
