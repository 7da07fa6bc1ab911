"""Users: registering, roles, and what is theirs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.base.world import World, sent, word
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound, Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.users import User, UserRepository, UserService
from vectoricons.users.contributor_details import ContributorDetailService
from vectoricons.users.user_addresses import UserAddressService
from vectoricons.users.user_roles import UserRoleService
from vectoricons.users.user_to_roles import UserToRoleService
from vectoricons.users.users_to_socials import UserToSocialService

PASSWORD = "Correct-Horse-1"


@pytest.fixture
def users(work: UnitOfWork) -> UserService:
    return UserService(work)


def sign_in(users: UserService, email: str, password: str) -> User:
    return SignIn(users.work).sign_in(email, password)


def person(**given: Any) -> dict[str, Any]:
    name = word("ann")
    return {
        "email": f"{name}@example.org",
        "username": name,
        "display_name": "Ann",
        "password": PASSWORD,
        "is_verified": True,
        **given,
    }


def test_who_registers_can_sign_in_and_has_a_role(users: UserService) -> None:
    ann = users.register(**person(role=Role.CONTRIBUTOR))
    signed_in = sign_in(users, ann.email, PASSWORD)
    assert signed_in.id == ann.id
    assert signed_in.is_contributor
    assert (signed_in.is_admin, signed_in.is_customer, signed_in.is_deny_all) == (False, False, False)
    assert Actor.of(signed_in).has_role("contributor")


def test_a_newcomer_is_a_customer_to_be_verified(work: UnitOfWork) -> None:
    given = person()
    del given["is_verified"]
    ann = UserService(World(work).anonymously()).register(**given)
    assert ann.is_customer
    assert not ann.is_verified
    with pytest.raises(Unauthenticated):
        sign_in(UserService(work), ann.email, PASSWORD)


def test_a_newcomer_cannot_make_themselves_more_than_that(work: UnitOfWork) -> None:
    guests = UserService(World(work).anonymously())
    with pytest.raises(Forbidden, match="role"):
        guests.register(**person(role=Role.ADMIN))
    with pytest.raises(Forbidden, match="is_verified"):
        guests.register(**person())


def test_names_and_addresses_are_the_same_in_any_case(users: UserService) -> None:
    name = word("Ann")
    ann = users.register(**person(email=f"{name}@Example.ORG", username=name))
    assert (ann.email, ann.username) == (f"{name}@example.org".lower(), name.lower())
    assert sign_in(users, f"{name}@EXAMPLE.org".upper(), PASSWORD).id == ann.id
    for found in (users.get_by_email(ann.email.upper()), users.get_by_username(name.upper())):
        assert found is not None
        assert found.id == ann.id
    repository = UserRepository(users.work.session)
    assert (
        repository.find_by_username(name)
        == repository.find_by_email(ann.email)
        == users.get_by_uuid(ann.uuid)
    )
    assert repository.find_by_uuid(ann.uuid) == users.get_by_uuid(ann.uuid)


def test_one_address_and_one_name_are_one_person(users: UserService) -> None:
    ann = users.register(**person())
    for same in ({"email": ann.email.upper()}, {"username": ann.username.upper()}):
        with pytest.raises(Duplicate, match="user with the same"), users.work.savepoint():
            users.register(**person(**same))


@pytest.mark.parametrize("address", ["ann", "ann@", "@example.org", "ann@example", "a nn@example.org", ""])
def test_an_address_must_look_like_one(users: UserService, address: str) -> None:
    with pytest.raises(Invalid, match="e-mail address"):
        users.register(**person(email=address))


def test_a_role_there_is_not_cannot_be_given(users: UserService) -> None:
    with pytest.raises(Invalid, match="no role 'emperor'"):
        users.register(**person(role="emperor"))


def test_the_public_handle_is_the_databases_to_give(users: UserService) -> None:
    ann = users.register(**person())
    given = UserRepository(users.work.session).create({**_columns(person()), "uuid": ann.uuid})
    assert given.uuid != ann.uuid


def test_roles_are_given_and_taken_once(work: UnitOfWork) -> None:
    world = World(work)
    ann, roles = world.user(), UserToRoleService(work)
    contributor = world.role_id(Role.CONTRIBUTOR)
    assert roles.add(ann.id, contributor).id == roles.add(ann.id, contributor).id
    assert roles.role_ids(ann.id) == {"contributor": contributor, "Contributor": contributor}
    (held,) = roles.get_by_user(ann.id)
    assert held.user_role is not None
    assert roles.remove(ann.id, contributor) == 1
    assert roles.remove(ann.id, contributor) == 0
    assert roles.role_ids(ann.id) == {}


def test_nobody_gives_themselves_a_role(work: UnitOfWork) -> None:
    world = World(work)
    ann = world.user()
    mine = UserToRoleService(world.acting_as(ann, Role.CUSTOMER))
    with pytest.raises(Forbidden):
        mine.add(ann.id, world.role_id(Role.ADMIN))
    with pytest.raises(Forbidden):
        mine.create({"user_id": ann.id, "user_role_id": world.role_id(Role.ADMIN)})
    assert mine.get_by_user(ann.id) == []


def test_roles_can_be_asked_of_the_user(work: UnitOfWork) -> None:
    world = World(work)
    ann = world.user()
    UserToRoleService(work).add(ann.id, world.role_id(Role.DENY_ALL))
    loaded = UserService(work).get_by_uuid(ann.uuid)
    assert loaded is not None
    assert loaded.is_deny_all
    assert loaded.has_role("DENY_ALL")


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "password"}


def test_roles_are_looked_up_by_handle_and_by_value_and_label(users: UserService) -> None:
    ann = users.register(**person())
    assert set(users.role_ids(ann.uuid)) == {"customer", "Customer"}
    assert set(users.role_ids(users.assign_role(ann.uuid, Role.CONTRIBUTOR).uuid)) == {
        "customer",
        "Customer",
        "contributor",
        "Contributor",
    }
    roleless = World(users.work).user()
    with pytest.raises(NotFound, match="no role"):
        users.role_ids(roleless.uuid)
    with pytest.raises(NotFound):
        users.role_ids(uuid4())


def test_whether_somebody_exists_is_asked_in_any_case(users: UserService) -> None:
    ann = users.register(**person())
    assert users.exists_by_email(ann.email.upper())
    assert users.exists_by_username(ann.username.upper())
    assert not users.exists_by_email("nobody@example.org")
    assert not users.is_deny_all(ann.uuid)
    users.assign_role(ann.uuid, Role.DENY_ALL)
    assert users.is_deny_all(ann.uuid)


def test_a_user_comes_with_all_that_is_theirs(work: UnitOfWork, users: UserService) -> None:
    ann = users.register(**person())
    UserToSocialService(work).create({"user_id": ann.id, "label": "Shop", "url": "https://example.org/ann"})
    UserAddressService(work).create({"user_id": ann.id, "address_line_1": "1 High Street", "country": "gb"})
    ContributorDetailService(work).apply(ann.id, company_name="Ann Ltd")
    full = users.get_one_with_relations({"id": ann.id}, "full")
    assert full is not None
    assert full.contributor is not None
    assert (full.contributor.company_name, full.addresses[0].country) == ("Ann Ltd", "GB")
    assert ([social.label for social in full.socials], full.emails[0].email) == (["Shop"], ann.email)


def test_people_close_their_own_account_and_their_sessions_end(work: UnitOfWork, users: UserService) -> None:
    ann, bob = users.register(**person()), users.register(**person())
    as_ann = UserService(World(work).acting_as(ann, Role.CUSTOMER))
    with pytest.raises(Forbidden):
        as_ann.soft_delete(ann.id)
    with pytest.raises(NotFound):
        as_ann.close(bob.id)
    closed = as_ann.close(ann.id)
    assert (closed.is_deleted, closed.is_active) == (True, False)
    assert closed.token_version > ann.token_version
    assert users.soft_delete_by_uuid(bob.uuid).is_deleted
    assert sent(work, "user.delete") == [{"userId": ann.id}, {"userId": bob.id}]
    with pytest.raises(Unauthenticated):
        sign_in(users, ann.email, PASSWORD)


@pytest.mark.parametrize("column", ["password", "email", "is_verified", "token_version"])
def test_nobody_writes_past_what_guards_it(work: UnitOfWork, users: UserService, column: str) -> None:
    ann = users.register(**person())
    with pytest.raises(Forbidden, match=column):
        UserService(World(work).acting_as(ann, Role.CUSTOMER)).update(ann.id, {column: "1"})


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "example.org", "//example.org", ""]
)
def test_a_link_is_a_page_and_never_a_script(work: UnitOfWork, url: str) -> None:
    ann = World(work).user()
    with pytest.raises(Invalid, match="no address of a page"):
        UserToSocialService(work).create({"user_id": ann.id, "label": "Shop", "url": url})


def test_the_same_link_may_stand_there_twice(work: UnitOfWork) -> None:
    ann, socials = World(work).user(), UserToSocialService(work)
    link = {"user_id": ann.id, "label": "Shop", "url": "https://example.org"}
    assert socials.create(link).id != socials.create(link).id
    assert len(socials.get_by_user(ann.id)) == 2


def test_people_keep_their_own_addresses_and_see_no_others(work: UnitOfWork) -> None:
    world = World(work)
    ann, bob = world.user(), world.user()
    mine = UserAddressService(world.acting_as(ann, Role.CUSTOMER))
    made = mine.create({"address_line_1": "1 High Street", "country": "se"})
    assert (made.user_id, made.country) == (ann.id, "SE")
    with pytest.raises(Forbidden):
        mine.create({"user_id": bob.id, "address_line_1": "2 High Street"})
    assert UserAddressService(world.acting_as(bob, Role.CUSTOMER)).get_by_user(ann.id) == []
    with pytest.raises(Duplicate):
        mine.create({"address_line_1": "1 High Street"})


def test_every_role_has_one_name_in_code_and_in_the_database(work: UnitOfWork) -> None:
    nobody_holds = {Role.SYSTEM, Role.GUEST, Role.SELF}
    there = {role.value for role in UserRoleService(work).get_active()}
    assert there == {role.value for role in Role} - {role.value for role in nobody_holds}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPER_ADMIN])
def test_administrators_of_both_kinds_change_other_peoples_accounts(work: UnitOfWork, role: Role) -> None:
    world = World(work)
    ann, boss = world.user(), world.user()
    users = UserService(world.acting_as(boss, role))
    assert users.assign_role(ann.uuid, Role.CONTRIBUTOR).is_contributor
    assert not users.deactivate(ann.id).is_active
    with pytest.raises(Forbidden):
        UserService(world.acting_as(ann, Role.TEAM_OWNER)).assign_role(ann.uuid, Role.ADMIN)


def test_a_role_is_taken_and_one_that_nobody_held_too(work: UnitOfWork) -> None:
    world = World(work)
    ann, boss = world.user(), world.user()
    users = UserService(world.acting_as(boss, Role.ADMIN))
    users.assign_role(ann.uuid, Role.CONTRIBUTOR)
    for _ in range(2):
        assert not users.withdraw_role(ann.uuid, Role.CONTRIBUTOR).is_contributor
    with pytest.raises(Forbidden):
        UserService(world.acting_as(ann, Role.CUSTOMER)).withdraw_role(ann.uuid, Role.CUSTOMER)


@pytest.mark.parametrize("change", ["assign_role", "withdraw_role"])
def test_some_roles_are_not_an_administrators_to_give_or_take(work: UnitOfWork, change: str) -> None:
    world = World(work)
    ann, boss = world.user(), world.user()
    by_boss = getattr(UserService(world.acting_as(boss, Role.ADMIN)), change)
    for role in (Role.TEAM_OWNER, Role.TEAM_MEMBER, Role.CONTRIBUTOR_PENDING, Role.SUBSCRIBER):
        with pytest.raises(Conflict, match="follows from"):
            by_boss(ann.uuid, role)
    with pytest.raises(Forbidden, match="super administrator"):
        by_boss(ann.uuid, Role.SUPER_ADMIN)
    with pytest.raises(Conflict, match="their own roles"):
        by_boss(boss.uuid, Role.ADMIN)
    with pytest.raises(Invalid, match="no role 'emperor'"):
        by_boss(ann.uuid, "emperor")
    getattr(UserService(world.acting_as(boss, Role.SUPER_ADMIN)), change)(ann.uuid, Role.SUPER_ADMIN)


def test_everybody_sees_of_a_contributor_what_is_public_and_of_others_nothing(work: UnitOfWork) -> None:
    world = World(work)
    users, guest = UserService(work), UserService(world.anonymously())
    ann = users.register(**person())
    UserToSocialService(work).create({"user_id": ann.id, "label": "Shop", "url": "https://example.org/ann"})
    assert guest.get_contributor(ann.uuid) is None
    users.assign_role(ann.uuid, Role.CONTRIBUTOR)
    seen = guest.get_contributor(ann.uuid)
    assert seen is not None
    assert (seen.username, [link.label for link in seen.socials]) == (ann.username, ["Shop"])
    users.assign_role(ann.uuid, Role.DENY_ALL)
    assert guest.get_contributor(ann.uuid) is None
