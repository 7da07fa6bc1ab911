"""Which user has which roles."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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


class UserToRoleService(Observable[UserToRole], Pluggable[UserToRole], AccessControlled[UserToRole]):
    """Roles of users: people see their own, administrators give and take them."""

    repository: UserToRoleRepository
    public = False
    policies: ClassVar = dict.fromkeys(
        ("create", "update", "upsert", "delete", "add", "remove"), lambda _actor, _resource: False
    )

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
