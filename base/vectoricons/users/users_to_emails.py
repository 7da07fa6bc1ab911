"""E-mail addresses of users: several each.

One that was proven by a letter may become the one its person is reached at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    func,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Hidden, Timestamped
from vectoricons.common.errors import Conflict, Invalid
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Data, Repository
from vectoricons.common.row import HasTimestamps, Row
from vectoricons.users import one_time_tokens
from vectoricons.users.events import AddressAdded

ADDRESS = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+")


class UserToEmailRow(Row, HasTimestamps):
    """Many may claim an address, one can prove it: so nobody keeps another out by claiming theirs."""

    __tablename__ = "users_to_email"
    __table_args__ = (
        UniqueConstraint("user_id", "email"),
        Index("uq_users_to_email_verified", "email", unique=True, postgresql_where=text("is_verified")),
        Index("uq_users_to_email_active", "user_id", unique=True, postgresql_where=text("is_active")),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("is_verified or not is_active", name="active_is_verified"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    email: Mapped[str] = mapped_column(String(255), index=True)
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_expires: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_active: Mapped[bool] = mapped_column(server_default=text("false"))
    is_verified: Mapped[bool] = mapped_column(server_default=text("false"))
    verified_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class UserToEmail(Timestamped):
    """An address of a person's; the active one is where they are reached. *token* is a digest."""

    id: int
    user_id: int
    email: str
    is_active: bool
    is_verified: bool
    verified_at: datetime | None
    token: Annotated[str | None, Hidden]
    token_expires: Annotated[datetime | None, Hidden]


class UserToEmailRepository(Repository[UserToEmailRow, UserToEmail]):
    """E-mail addresses."""

    unique_key = ("user_id", "email")

    def values(self, data: Data) -> dict[str, Any]:
        """Column values, the address in lower case. Raises Invalid for what is no address."""
        given = super().values(data)
        return {**given, "email": address(given["email"])} if given.get("email") is not None else given

    def add(self, user_id: int, email: str) -> UserToEmail | None:
        """The user's new address, unproven; None if they have it already."""
        new = insert(UserToEmailRow).values(self.values({"user_id": user_id, "email": email}))
        made = self._written(new.on_conflict_do_nothing(index_elements=self.unique_key).returning(self.row))
        return made[0] if made else None

    def find_by_token(self, token: str) -> UserToEmail | None:
        """The address whose letter holds *token*, or None; it may have expired."""
        return self.find_one({"token": one_time_tokens.digest(token)})

    def issue_token(self, id: int) -> str | None:
        """A new token for the address, the only one it takes from now on; None once it is verified."""
        token = one_time_tokens.invented()
        issued = self.update_where(
            (UserToEmailRow.id == id) & ~UserToEmailRow.is_verified,
            {"token": one_time_tokens.digest(token), "token_expires": one_time_tokens.expiry()},
        )
        return token if issued else None

    def verify(self, id: int) -> UserToEmail | None:
        """The address, proven; None if its token ended in the meantime. Duplicate if it is another's."""
        proven: Mapping[str, Any] = {"is_verified": True, "verified_at": func.statement_timestamp()}
        written = self._written(
            update(UserToEmailRow)
            .where(
                UserToEmailRow.id == id,
                ~UserToEmailRow.is_verified,
                UserToEmailRow.token_expires > func.statement_timestamp(),
            )
            .values(proven)
            .returning(UserToEmailRow)
        )
        return written[0] if written else None

    def activate(self, user_id: int, id: int) -> None:
        """Make the address the one its person is reached at, and no other."""
        self.update_where({"user_id": user_id, "is_active": True}, {"is_active": False})
        self.update_where({"user_id": user_id, "id": id}, {"is_active": True})


class UserToEmailService(Observable[UserToEmail], Pluggable[UserToEmail], AccessControlled[UserToEmail]):
    """E-mail addresses: people see, add and remove their own; what is proven only a letter can say."""

    repository: UserToEmailRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)

    def get_by_user(self, user_id: int) -> list[UserToEmail]:
        """The user's addresses."""
        return self.get_where({"user_id": user_id})

    def add(self, user_id: int, email: str) -> UserToEmail:
        """One more address of the user, to be proven by the letter that goes there."""
        return self._perform(
            Write(name="add", items=({"user_id": user_id, "email": email},)),
            lambda: self._added(user_id, email),
        )

    def remove(self, id: int) -> int:
        """How many rows are gone. Raises Conflict for the address its person is reached at."""
        return self._perform(Write(name="remove", id=id), lambda: self._removed(id))

    def _added(self, user_id: int, email: str) -> UserToEmail:
        found = self.repository.add(user_id, email)
        found = found or self.repository.find_one({"user_id": user_id, "email": address(email)})
        added = self._there(found)
        if not added.is_verified:
            self.work.emit(AddressAdded(user_id=user_id, email_id=added.id).event())
        return added

    def _removed(self, id: int) -> int:
        gone = self.repository.delete_where({"id": id, "is_active": False})
        if not gone and self.repository.exists({"id": id}):
            raise Conflict("This is where we reach you. Make another address the active one first.")
        return gone


def address(text: str) -> str:
    """*text* as an address, in lower case. Raises Invalid when it is none."""
    if not ADDRESS.fullmatch(text):
        raise Invalid(f"{text!r} is not an e-mail address.")
    return text.lower()
