"""Users in the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import undefer_group

from vectoricons.common.repository import Data, Repository
from vectoricons.config.enums import Role
from vectoricons.users import one_time_tokens
from vectoricons.users.entity import Contributor, User
from vectoricons.users.table import UserRow
from vectoricons.users.user_roles import UserRoleRow

IS_OPEN = UserRow.is_active & ~UserRow.is_deleted


class UserRepository(Repository[UserRow, User]):
    """Users."""

    graphs: ClassVar = {
        "default": ("roles",),
        "profile": ("roles", "socials"),
        "full": ("roles", "emails", "socials", "addresses", "contributor"),
    }
    unique_key = ("email",)

    def values(self, data: Data) -> dict[str, Any]:
        """Column values, with e-mail and user name in lower case; the uuid is the database's alone to set."""
        given = super().values(data)
        lower: dict[str, Any] = {
            name: given[name].lower() for name in ("email", "username") if given.get(name)
        }
        return {name: value for name, value in {**given, **lower}.items() if name != "uuid"}

    def find_by_email(self, email: str) -> User | None:
        """The user with this e-mail address in any case, with roles, or None."""
        return self.find_one_with_relations({"email": email.lower()})

    def find_by_username(self, username: str) -> User | None:
        """The user of this name in any case, with roles, or None."""
        return self.find_one_with_relations({"username": username.lower()})

    def find_by_uuid(self, uuid: UUID) -> User | None:
        """The user with this public handle, with roles, or None."""
        return self.find_one_with_relations({"uuid": uuid})

    def find_contributor(self, uuid: UUID) -> Contributor | None:
        """What everybody may know of who sells, with links; None for everybody else."""
        sells = UserRow.roles.any(UserRoleRow.value == Role.CONTRIBUTOR)
        is_closed = UserRow.roles.any(UserRoleRow.value == Role.DENY_ALL)
        seller = self.query((UserRow.uuid == uuid) & IS_OPEN & sells & ~is_closed)
        found = self._session.scalar(seller.options(*self._graph("profile")))
        return Contributor.model_validate(found) if found else None

    def find_full_by_email(self, email: str) -> User | None:
        """As :meth:`find_by_email`, with what is hidden elsewhere."""
        full = self.query({"email": email.lower()}).options(*self._graph("default"), undefer_group("hidden"))
        return self._first(full)

    def set_password(self, id: int, hashed: str) -> User | None:
        """The user with another password, and no session left that was made with the one before."""
        return self.update(id, _new_password(hashed))

    def renew_hash(self, id: int, old: str, new: str) -> None:
        """Store the same password's *new* hash, unless it was changed in the meantime."""
        self.update_where({"id": id, "password": old}, {"password": new})

    def revoke_tokens(self, id: int) -> User | None:
        """The user, whose sessions and access tokens have all ended."""
        return self.update(id, {"token_version": UserRow.token_version + 1})

    def issue_reset_token(self, id: int) -> str | None:
        """A new token to reset the password with, the only one from now on; None for a closed account."""
        token = one_time_tokens.invented()
        issued = self.update_where(
            (UserRow.id == id) & IS_OPEN,
            {
                "reset_password_token": one_time_tokens.digest(token),
                "reset_password_expires": one_time_tokens.expiry(),
            },
        )
        return token if issued else None

    def redeem_reset_token(self, token: str, hashed: str) -> User | None:
        """The user whose *token* this was, with another password; None if it was used, replaced or is old.

        One statement: of two that bring the same token at once, the second finds it gone. Who has the token
        has read the letter, so the address is proven as well.
        """
        redeemed = (
            update(UserRow)
            .where(
                UserRow.reset_password_token == one_time_tokens.digest(token),
                UserRow.reset_password_expires > func.statement_timestamp(),
                IS_OPEN,
            )
            .values(
                **_new_password(hashed),
                is_verified=True,
                verified_at=func.coalesce(UserRow.verified_at, func.statement_timestamp()),
            )
            .returning(UserRow)
        )
        written = self._written(redeemed)
        return written[0] if written else None


def _new_password(hashed: str) -> Mapping[str, Any]:
    return {
        "password": hashed,
        "token_version": UserRow.token_version + 1,
        "reset_password_token": None,
        "reset_password_expires": None,
    }
