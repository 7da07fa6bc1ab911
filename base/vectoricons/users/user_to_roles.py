"""Which user has which roles."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint, delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, related
from vectoricons.users.user_roles import UserRole, UserRoleRow


class UserToRoleRow(Row, HasTimestamps):
    __tablename__ = "user_to_roles"
    __table_args__ = (UniqueConstraint("user_id", "user_role_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    user_role_id: Mapped[int] = mapped_column(ForeignKey("user_roles.id"), index=True)

    user_role: Mapped[UserRoleRow] = related()


class UserToRole(Timestamped):
    """That a user has a role."""

    id: int
    user_id: int
    user_role_id: int
    user_role: UserRole | None = None


class UserToRoleRepository(Repository[UserToRoleRow, UserToRole]):
    """Roles of users."""

    graphs: ClassVar = {"default": ("user_role",)}
    unique_key = ("user_id", "user_role_id")

    def give(self, user_id: int, *values: str) -> None:
        """Let the user hold the roles *values*, whether or not they did."""
        wanted = select(literal(user_id), UserRoleRow.id).where(UserRoleRow.value.in_(values))
        there = insert(UserToRoleRow).from_select(["user_id", "user_role_id"], wanted)
        self._session.execute(there.on_conflict_do_nothing())

    def take(self, user_id: int, *values: str) -> None:
        """Let the user hold none of the roles *values*."""
        named = select(UserRoleRow.id).where(UserRoleRow.value.in_(values))
        self._session.execute(
            delete(UserToRoleRow)
            .where(UserToRoleRow.user_id == user_id, UserToRoleRow.user_role_id.in_(named))
            .execution_options(synchronize_session=False)
        )

    def holds(self, user_id: int, value: str) -> bool:
        """Whether the user has the role *value*."""
        named = select(UserRoleRow.id).where(UserRoleRow.value == value)
        return self.exists((UserToRoleRow.user_id == user_id) & UserToRoleRow.user_role_id.in_(named))


class UserToRoleService(Observable[UserToRole], Pluggable[UserToRole], AccessControlled[UserToRole]):
    """Roles of users: people see their own, administrators give and take them."""

    repository: UserToRoleRepository
    public = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete", "add", "remove"), nobody)

    def get_by_user(self, user_id: int) -> list[UserToRole]:
        """The user's roles, with the role rows."""
        return self.get_with_relations({"user_id": user_id})

    def role_ids(self, user_id: int) -> dict[str, int]:
        """The user's role ids, by value and by label."""
        held = [link.user_role for link in self.get_by_user(user_id) if link.user_role]
        return {name: role.id for role in held for name in (role.value, role.label)}

    def add(self, user_id: int, user_role_id: int) -> UserToRole:
        """Give the user a role; one they have already stays as it is."""
        pair = {"user_id": user_id, "user_role_id": user_role_id}
        return self._perform(Write(name="add", items=(pair,)), lambda: self.repository.upsert(pair))

    def remove(self, user_id: int, user_role_id: int) -> int:
        """Take a role from the user; 0 if they did not have it."""
        pair = {"user_id": user_id, "user_role_id": user_role_id}
        return self._perform(Write(name="remove", items=(pair,)), lambda: self.repository.delete_where(pair))
