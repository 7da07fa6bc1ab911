"""Teams: who owns one, who belongs to it, and what that makes of them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.base.world import World, word
from vectoricons.common.errors import Conflict, Duplicate, Forbidden, NotFound, Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.teams import Team, TeamService
from vectoricons.teams.team_types import TeamTypeRepository, TeamTypeService
from vectoricons.users import User
from vectoricons.users.user_to_roles import UserToRoleRepository, UserToRoleService


class House:
    """A team of customers, and people around it."""

    def __init__(self, work: UnitOfWork) -> None:
        self.world = World(work)
        self.owner, self.member, self.stranger = (self.world.user() for _ in range(3))
        self.team = self.services(self.owner).create(
            {"name": word("team"), "team_type_id": self.type("customer")}
        )
        self.services(self.owner).add_member(self.team.id, self.member.id)

    def services(self, user: User) -> TeamService:
        return TeamService(self.world.acting_as(user, Role.CUSTOMER))

    def type(self, value: str) -> int:
        found = TeamTypeRepository(self.world.work.session).find_by_value(value)
        assert found is not None
        return found.id

    def roles(self, user: User) -> set[str]:
        return set(UserToRoleService(self.world.work).role_ids(user.id)) & {"team_owner", "team_member"}

    def members(self, team: Team) -> set[str]:
        found = TeamService(self.world.work).get_one_with_relations({"id": team.id}, "full")
        assert found is not None
        return {member.username for member in found.members}


@pytest.fixture
def house(work: UnitOfWork) -> House:
    return House(work)


def test_who_makes_a_team_owns_it_and_belongs_to_it(house: House) -> None:
    assert house.team.user_id == house.owner.id
    assert house.members(house.team) == {house.owner.username, house.member.username}
    assert house.roles(house.owner) == {"team_owner", "team_member"}
    assert house.roles(house.member) == {"team_member"}
    assert house.roles(house.stranger) == set()


def test_members_see_their_team_and_others_do_not(house: House) -> None:
    assert house.services(house.member).get_by_id(house.team.id) is not None
    assert house.services(house.member).get_by_member(house.member.id) == [house.team]
    assert house.services(house.stranger).get_by_id(house.team.id) is None
    assert TeamService(house.world.anonymously()).get_all() == []


def test_only_the_owner_says_who_belongs(house: House) -> None:
    as_member = house.services(house.member)
    for refused in (
        lambda: as_member.add_member(house.team.id, house.stranger.id),
        lambda: as_member.remove_member(house.team.id, house.owner.id),
        lambda: as_member.transfer(house.team.id, house.member.id),
        lambda: as_member.update(house.team.id, {"name": "ours"}),
        lambda: as_member.delete(house.team.id),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(NotFound):
        house.services(house.stranger).add_member(house.team.id, house.stranger.id)


def test_to_be_added_again_changes_nothing(house: House) -> None:
    house.services(house.owner).add_member(house.team.id, house.member.id)
    assert len(house.members(house.team)) == 2


def test_members_go_and_their_role_with_them(house: House) -> None:
    house.services(house.member).leave(house.team.id)
    assert house.roles(house.member) == set()
    house.services(house.owner).add_member(house.team.id, house.stranger.id)
    house.services(house.owner).remove_member(house.team.id, house.stranger.id)
    assert house.roles(house.stranger) == set()
    assert house.members(house.team) == {house.owner.username}


def test_the_owner_stays_until_somebody_else_owns_it(house: House) -> None:
    owner = house.services(house.owner)
    for refused in (
        lambda: owner.leave(house.team.id),
        lambda: owner.remove_member(house.team.id, house.owner.id),
    ):
        with pytest.raises(Conflict, match="owner stays"):
            refused()
    with pytest.raises(Conflict, match="Only a member"):
        owner.transfer(house.team.id, house.stranger.id)
    assert owner.transfer(house.team.id, house.member.id).user_id == house.member.id
    assert house.roles(house.owner) == {"team_member"}
    assert house.roles(house.member) == {"team_owner", "team_member"}
    owner.leave(house.team.id)
    with pytest.raises(Unauthenticated):
        TeamService(house.world.anonymously()).leave(house.team.id)


def test_a_team_that_is_switched_off_or_gone_gives_no_role(house: House) -> None:
    teams = TeamService(house.world.work)
    teams.deactivate(house.team.id)
    assert house.roles(house.owner) == house.roles(house.member) == set()
    teams.activate(house.team.id)
    assert house.roles(house.member) == {"team_member"}
    house.services(house.owner).delete(house.team.id)
    assert house.roles(house.owner) == house.roles(house.member) == set()


def test_a_second_team_keeps_the_role(house: House) -> None:
    other = house.services(house.owner).create({"name": word("team"), "team_type_id": house.type("customer")})
    house.services(house.owner).add_member(other.id, house.member.id)
    house.services(house.member).leave(house.team.id)
    assert house.roles(house.member) == {"team_member"}


def test_only_contributors_form_a_team_of_contributors(house: House) -> None:
    sellers = {"name": word("team"), "team_type_id": house.type("contributor")}
    with pytest.raises(Conflict, match="Only contributors"), house.world.work.savepoint():
        house.services(house.owner).create(sellers)
    UserToRoleRepository(house.world.work.session).give(house.owner.id, Role.CONTRIBUTOR)
    team = house.services(house.owner).create(sellers)
    with pytest.raises(Conflict, match="Only contributors"):
        house.services(house.owner).add_member(team.id, house.member.id)
    with pytest.raises(Conflict, match="Only contributors"), house.world.work.savepoint():
        TeamService(house.world.work).update(
            house.team.id, {"team_type_id": house.type("contributor"), "user_id": house.member.id}
        )


def test_a_name_is_one_teams(house: House) -> None:
    with pytest.raises(Duplicate, match="team with the same name"), house.world.work.savepoint():
        house.services(house.member).create({"name": house.team.name, "team_type_id": house.type("customer")})


def test_nobody_makes_a_team_for_somebody_else(house: House) -> None:
    given = {"name": word("team"), "team_type_id": house.type("customer"), "user_id": house.member.id}
    with pytest.raises(Forbidden):
        house.services(house.stranger).create(given)
    with pytest.raises(Forbidden):
        house.services(house.owner).update(house.team.id, {"user_id": house.stranger.id})


def test_an_administrator_makes_many_at_once(house: House) -> None:
    teams, type_id = TeamService(house.world.work), house.type("customer")
    rows = [{"name": word("team"), "team_type_id": type_id, "user_id": house.stranger.id} for _ in range(2)]
    assert len(teams.upsert_many(rows)) == 2
    assert house.roles(house.stranger) == {"team_owner", "team_member"}


def test_there_are_teams_that_sell_and_teams_that_buy(work: UnitOfWork) -> None:
    assert {kind.value for kind in TeamTypeService(work).get_active()} >= {"contributor", "customer"}
    with pytest.raises(Duplicate), work.savepoint():
        TeamTypeService(work).create({"value": word("value"), "label": "Customers"})


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["add_member", "remove_member", "transfer", "activate", "deactivate"]),
            st.integers(0, 1),
            st.integers(0, 2),
        ),
        max_size=8,
    )
)
def test_whatever_becomes_of_teams_people_hold_the_roles_that_are_due(
    work: UnitOfWork, steps: list[tuple[str, int, int]]
) -> None:
    house = House(work)
    other = house.services(house.owner).create({"name": word("team"), "team_type_id": house.type("customer")})
    ids, people = (house.team.id, other.id), (house.owner, house.member, house.stranger)
    service = TeamService(work)
    for step, team, person in steps:
        about = (ids[team],) if step.endswith("activate") else (ids[team], people[person].id)
        with contextlib.suppress(Conflict):
            getattr(service, step)(*about)
    teams = [service.get_one_with_relations({"id": id}, "full") for id in ids]
    active = [team for team in teams if team and team.is_active]
    for person in people:
        owns = {"team_owner"} if any(team.user_id == person.id for team in active) else set()
        belongs = any(person.id == member.id for team in active for member in team.members)
        assert house.roles(person) == owns | ({"team_member"} if belongs else set())
