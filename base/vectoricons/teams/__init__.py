"""Teams: people who sell or buy together. One of them owns the team and says who belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import anybody, nobody
from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import Conflict, Unauthenticated
from vectoricons.common.mixins.service import AccessControlled, Activatable, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Data, Key, Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row, related
from vectoricons.config.enums import Role
from vectoricons.teams.team_members import TeamMemberRepository, TeamMemberRow
from vectoricons.teams.team_types import TeamType, TeamTypeRepository, TeamTypeRow, TeamTypeValue
from vectoricons.users import Contributor, UserRow
from vectoricons.users.locking import lock_users
from vectoricons.users.user_to_roles import UserToRoleRepository


class TeamRow(Row, HasIsActive, HasTimestamps):
    __tablename__ = "teams"

    name: Mapped[str] = mapped_column(String(255), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    team_type_id: Mapped[int] = mapped_column(ForeignKey("team_types.id"), index=True)

    team_type: Mapped[TeamTypeRow] = related()
    owner: Mapped[UserRow] = related()
    members: Mapped[list[UserRow]] = related(secondary=TeamMemberRow.__table__, order_by=UserRow.id)


class Team(Timestamped):
    """A team; *user_id* is its owner's."""

    id: int
    name: str
    user_id: int
    team_type_id: int
    is_active: bool
    team_type: TeamType | None = None
    owner: Contributor | None = None
    members: tuple[Contributor, ...] = ()


class TeamRepository(Repository[TeamRow, Team]):
    """Teams."""

    graphs: ClassVar = {"default": ("team_type",), "full": ("team_type", "owner", "members")}
    unique_key = ("name",)

    def lock(self, id: Key) -> Team | None:
        """The team, locked until the transaction ends, or None."""
        return self._first(self.query({"id": id}).with_for_update(key_share=True))


class TeamService(Observable[Team], Pluggable[Team], AccessControlled[Team], Activatable[Team]):
    """Teams: members see theirs, the owner changes it. Only contributors form a contributors' team.

    The team is locked first, then its people by id. The roles of people follow from the teams there are.
    """

    repository: TeamRepository
    public: ClassVar = False
    policies: ClassVar = {"leave": anybody, "upsert": nobody}  # whoever sees a team belongs to it

    def get_by_member(self, user_id: int) -> list[Team]:
        """The teams the user belongs to."""
        theirs = select(TeamMemberRow.team_id).where(TeamMemberRow.user_id == user_id)
        return self.get_where(TeamRow.id.in_(theirs))

    def create_many(self, items: Iterable[Data]) -> list[Team]:
        """The new teams, each with its owner as the first member."""
        made = super().create_many(items)
        for team in made:
            self._require_fit(team, team.user_id)
        return [self._settled(team) for team in made]

    def upsert_many(self, items: Iterable[Data], *, on: Sequence[str] = ()) -> list[Team]:
        """As in every service, with the owners as members."""
        return [self._settled(team) for team in super().upsert_many(items, on=on)]

    def add_member(self, team_id: int, user_id: int) -> Team:
        """The team, to which the user belongs; adding them again changes nothing."""
        operation = Write(name="add-member", id=team_id, items=({"member_id": user_id},))
        return self._perform(operation, lambda: self._with(team_id, user_id))

    def remove_member(self, team_id: int, user_id: int) -> Team:
        """The team, to which the user does not belong. Raises Conflict for its owner."""
        operation = Write(name="remove-member", id=team_id, items=({"member_id": user_id},))
        return self._perform(operation, lambda: self._without(team_id, user_id))

    def leave(self, team_id: int) -> Team:
        """The team, to which the actor does not belong any more. Raises Conflict for its owner."""
        actor = self.work.actor.id
        if actor is None:
            raise Unauthenticated("Sign in first: people leave a team themselves.")
        return self._perform(Write(name="leave", id=team_id), lambda: self._without(team_id, actor))

    def transfer(self, team_id: int, user_id: int) -> Team:
        """The team, which another of its members owns from now on. Raises Conflict for who is no member."""
        operation = Write(name="transfer", id=team_id, items=({"member_id": user_id},))
        return self._perform(operation, lambda: self._given_to(team_id, user_id))

    def _given(self, data: Data) -> Mapping[str, Any]:
        """Who makes a team owns it, administrators too, unless they say who else does."""
        given, actor = super()._given(data), self.work.actor.id
        return given if actor is None else {"user_id": actor, **given}

    def _visible(self) -> ColumnElement[bool] | None:
        own = super()._visible()
        if own is None or self.work.actor.id is None:
            return own
        belongs = select(TeamMemberRow.team_id).where(TeamMemberRow.user_id == self.work.actor.id)
        return or_(own, TeamRow.id.in_(belongs))

    def _change(self, name: str, id: Key, patch: Mapping[str, Any]) -> Team:
        changed = super()._change(name, id, patch)
        if patch.keys() & {"user_id", "team_type_id"}:
            self._require_fit(changed, changed.user_id)
        return self._settled(changed)

    def _deleted(self, id: Key) -> int:
        self.repository.lock(id)  # nobody joins it in the meantime, whose role would stay
        people = self._people(id)
        gone = super()._deleted(id)
        self._settle_roles(people)
        return gone

    def _with(self, team_id: int, user_id: int) -> Team:
        team = self._there(self.repository.lock(team_id))
        self._require_fit(team, user_id)
        self._members.upsert({"team_id": team.id, "user_id": user_id})
        self._settle_roles([user_id])
        return team

    def _without(self, team_id: int, user_id: int) -> Team:
        team = self._there(self.repository.lock(team_id))
        if team.user_id == user_id:
            raise Conflict("The owner stays. Hand the team to another member first.")
        self._members.delete_where({"team_id": team.id, "user_id": user_id})
        self._settle_roles([user_id])
        return team

    def _given_to(self, team_id: int, user_id: int) -> Team:
        team = self._there(self.repository.lock(team_id))
        if not self._members.exists({"team_id": team.id, "user_id": user_id}):
            raise Conflict("Only a member can own the team. Add them first.")
        self._require_fit(team, user_id)
        given = self._there(self.repository.update(team.id, {"user_id": user_id}))
        self._settle_roles([team.user_id, user_id])
        return given

    def _settled(self, team: Team) -> Team:
        """After a write of the team's row: its owner belongs to it, and everybody's roles are due."""
        self._members.upsert({"team_id": team.id, "user_id": team.user_id})
        self._settle_roles(self._people(team.id))
        return team

    def _require_fit(self, team: Team, user_id: int) -> None:
        of_type = TeamTypeRepository(self.work.session).find_by_id(team.team_type_id)
        if of_type is None or of_type.value != TeamTypeValue.CONTRIBUTOR:
            return
        if not UserToRoleRepository(self.work.session).holds(user_id, Role.CONTRIBUTOR):
            raise Conflict("Only contributors form a team of contributors.")

    def _people(self, team_id: Key) -> list[int]:
        return [member.user_id for member in self._members.find_all({"team_id": team_id})]

    def _settle_roles(self, people: Iterable[int]) -> None:
        self._members.settle_roles(lock_users(self.work.session, people))

    @property
    def _members(self) -> TeamMemberRepository:
        return TeamMemberRepository(self.work.session)
