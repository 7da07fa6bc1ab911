"""Users: who people are, and how they prove it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Integer, String, Text, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column, undefer_group

from vectoricons.common.access_control import is_privileged
from vectoricons.common.actor import Role
from vectoricons.common.entity import Entity, Hidden, Timestamped
from vectoricons.common.errors import Forbidden, Invalid, Unauthenticated
from vectoricons.common.mixins.entity import RoleAware
from vectoricons.common.mixins.service import (
    AccessControlled,
    Activatable,
    Observable,
    Pluggable,
    SoftDeletable,
)
from vectoricons.common.operation import Write
from vectoricons.common.repository import Data, Key, Repository
from vectoricons.common.row import HasIsActive, HasIsDeleted, HasTimestamps, Row, related
from vectoricons.users import passwords
from vectoricons.users.user_roles import UserRole, UserRoleRepository, UserRoleRow
from vectoricons.users.user_to_roles import UserToRoleRepository, UserToRoleRow

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class UserRow(Row, HasIsActive, HasIsDeleted, HasTimestamps):
    """The columns of the group ``hidden`` are loaded only by who asks for them."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("username = lower(username)", name="username_lower"),
    )

    uuid: Mapped[UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    email: Mapped[str] = mapped_column(String(255), unique=True)
    username: Mapped[str] = mapped_column(String(255), unique=True)
    display_name: Mapped[str] = mapped_column(String(255))
    first_name: Mapped[str | None] = mapped_column(String(255))
    last_name: Mapped[str | None] = mapped_column(String(255))
    password: Mapped[str | None] = mapped_column(Text, deferred=True, deferred_group="hidden")
    token_version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    provider: Mapped[str] = mapped_column(String(32), server_default="email")
    reset_password_token: Mapped[str | None] = mapped_column(
        String(64), deferred=True, deferred_group="hidden"
    )
    reset_password_expires: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), deferred=True, deferred_group="hidden"
    )
    is_verified: Mapped[bool] = mapped_column(server_default=text("false"))
    verified_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    image: Mapped[str | None] = mapped_column(Text)

    roles: Mapped[list[UserRoleRow]] = related(secondary=UserToRoleRow.__table__, order_by=UserRoleRow.id)


class Contributor(Entity):
    """What everybody may know of who offers something for sale."""

    id: Annotated[int, Hidden]
    username: str
    display_name: str
    image: str | None


class User(RoleAware, Timestamped):
    """A person. E-mail and user name are lower case. The password's hash is loaded only to sign in."""

    id: int
    uuid: UUID
    email: str
    username: str
    display_name: str
    first_name: str | None
    last_name: str | None
    provider: str
    image: str | None
    is_active: bool
    is_deleted: bool
    is_verified: bool
    verified_at: datetime | None
    token_version: Annotated[int, Hidden]
    password: Annotated[str | None, Hidden] = None
    reset_password_token: Annotated[str | None, Hidden] = None
    reset_password_expires: Annotated[datetime | None, Hidden] = None
    roles: tuple[UserRole, ...] = ()

    @property
    def owner_id(self) -> int:
        """A user's record is their own."""
        return self.id

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is active, verified and not deleted."""
        return self.is_active and self.is_verified and not self.is_deleted


class UserRepository(Repository[UserRow, User]):
    """Users."""

    graphs: ClassVar = {"default": ("roles",)}
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

    def find_full_by_email(self, email: str) -> User | None:
        """As :meth:`find_by_email`, with what is hidden elsewhere."""
        full = self.query({"email": email.lower()}).options(*self._graph("default"), undefer_group("hidden"))
        return self._first(full)


class UserService(
    Observable[User], Pluggable[User], AccessControlled[User], SoftDeletable[User], Activatable[User]
):
    """Users: people see and change their own record, administrators every one. Anybody may register."""

    repository: UserRepository
    public: ClassVar = False
    owner_column: ClassVar = "id"
    policies: ClassVar = {"register": lambda _actor, _resource: True}
    guarded: ClassVar = frozenset(
        {"is_verified", "verified_at", "token_version", "provider", "is_active", "is_deleted"}
    )

    def register(
        self,
        *,
        email: str,
        username: str,
        display_name: str,
        password: str,
        role: str = Role.CUSTOMER,
        **rest: Any,
    ) -> User:
        """A new user with one role, unverified unless *rest* says otherwise.

        Raises Invalid for a malformed address or a weak password, Duplicate for a known address or name,
        Forbidden when somebody but an administrator asks for another role than customer.
        """
        if role != Role.CUSTOMER and not is_privileged(self.work.actor):
            raise Forbidden("Only an administrator gives this role.")
        if not EMAIL.fullmatch(email):
            raise Invalid(f"{email!r} is not an e-mail address.")
        passwords.require_strong(password)
        given = {**rest, "email": email, "username": username, "display_name": display_name}
        return self._perform(
            Write(name="register", items=(given,)),
            lambda: self._registered({**given, "password": passwords.hashed(password)}, role),
        )

    def authenticate(self, email: str, password: str) -> User:
        """The active, verified user with these credentials, with roles.

        Raises Unauthenticated, in the same words and after the same time whatever is wrong.
        """
        found = self.repository.find_full_by_email(email)
        user = found if found and found.may_sign_in else None
        if not passwords.matches(user.password if user else None, password) or user is None:
            raise Unauthenticated("E-mail or password is wrong, or the account is not active yet.")
        if passwords.outdated(user.password or ""):
            self.repository.update(user.id, {"password": passwords.hashed(password)})
        return user.clone_with(password=None)

    def set_password(self, id: Key, password: str) -> User:
        """Give the user a new password; sessions made with the old one end. Raises Invalid for a weak one."""
        passwords.require_strong(password)
        patch = {
            "password": passwords.hashed(password),
            "token_version": self.repository.row.token_version + 1,
        }
        return self._perform(
            Write(name="set-password", id=id), lambda: self._there(self.repository.update(id, patch))
        )

    def get_by_uuid(self, uuid: UUID) -> User | None:
        """The user with this public handle, with roles, or None."""
        return self.get_one_with_relations({"uuid": uuid})

    def get_by_email(self, email: str) -> User | None:
        """The user with this e-mail address in any case, with roles, or None."""
        return self.get_one_with_relations({"email": email.lower()})

    def get_by_username(self, username: str) -> User | None:
        """The user of this name in any case, with roles, or None."""
        return self.get_one_with_relations({"username": username.lower()})

    def _registered(self, given: Mapping[str, Any], role: str) -> User:
        user = self.repository.create(given)
        held = UserRoleRepository(self.work.session).find_by_value(role)
        if held is None:
            raise Invalid(f"There is no role {role!r}.")
        UserToRoleRepository(self.work.session).create({"user_id": user.id, "user_role_id": held.id})
        return user.clone_with(roles=(held,))
