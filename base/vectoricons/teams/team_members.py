"""Team members: who belongs to which team, and the roles that follow from it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row
from vectoricons.config.enums import Role
from vectoricons.users.user_to_roles import UserToRoleRepository

_OWNS = text("select exists (select from teams where user_id = :user and is_active)")
_BELONGS = text(
    "select exists (select from team_members join teams on teams.id = team_id"
    " where team_members.user_id = :user and is_active)"
)


class TeamMemberRow(Row, HasTimestamps):
    __tablename__ = "team_members"
    __table_args__ = (UniqueConstraint("team_id", "user_id"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="cascade"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)


class TeamMember(Timestamped):
    """That a person belongs to a team. Its owner does, too."""

    id: int
    team_id: int
    user_id: int


class TeamMemberRepository(Repository[TeamMemberRow, TeamMember]):
    """Memberships."""

    unique_key = ("team_id", "user_id")

    def settle_roles(self, user_ids: Iterable[int]) -> None:
        """Let each of these people, whom the caller has locked, hold the team roles that are due to them."""
        roles = UserToRoleRepository(self._session)
        for user_id in user_ids:
            for role, question in ((Role.TEAM_OWNER, _OWNS), (Role.TEAM_MEMBER, _BELONGS)):
                is_due = self._session.scalar(question, {"user": user_id})
                (roles.give if is_due else roles.take)(user_id, role)
