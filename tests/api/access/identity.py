"""People: everybody signs up, each sees and changes what is theirs, administrators all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from tests.api.access.doors import (
    Door,
    World,
    accounts,
    admins,
    everybody,
    the_customer,
)
from tests.api.factories import PASSWORD, SYSTEM
from vectoricons.auth.api_keys import ApiKeyService, Scope
from vectoricons.auth.login_history import LoginHistoryRepository
from vectoricons.common import ids
from vectoricons.common.service import Service
from vectoricons.config.enums import Role
from vectoricons.email_histories.db import EmailHistoryRepository
from vectoricons.event_histories import EventHistoryRepository
from vectoricons.teams import TeamService
from vectoricons.teams.team_types import TeamTypeRepository
from vectoricons.users import User, UserRepository
from vectoricons.users.contributor_details import ContributorDetailService
from vectoricons.users.user_addresses import UserAddressService
from vectoricons.users.user_roles import UserRoleRepository
from vectoricons.users.users_to_emails import UserToEmailRepository
from vectoricons.users.users_to_socials import UserToSocialService

_number = count(1)
ONE = "/api/v1/users/<uuid:key>"
BELOW = "/api/v1/users/<uuid:parent>"
TEAM = "/api/v1/teams/<int:key>"
OPEN_AGAIN: Mapping[str, Any] = {"is_active": True, "is_deleted": False, "token_version": 1}


def word() -> str:
    return f"person{next(_number)}"


def body(**given: Any) -> Callable[[World], dict[str, Any]]:
    return lambda _world: given


def an_email(_world: World) -> dict[str, Any]:
    return {"email": f"{word()}@example.com"}


def somebody_new(world: World) -> dict[str, Any]:
    return {**an_email(world), "username": word(), "displayName": "New", "password": PASSWORD}


def ann(world: World) -> User:
    """The customer, as she was before the visit before."""
    user = world.user("customer")
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        UserRepository(work.session).update(user.id, OPEN_AGAIN)
    return user


def the_person(world: World) -> dict[str, Any]:
    return {"key": ann(world).uuid}


def a_seller(world: World) -> dict[str, Any]:
    return {"key": world.user("contributor").uuid}


def with_a_role(role: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"key": world.shelf.contributor(word(), role=Role.CUSTOMER).uuid, "role": role}


def below(service: type[Service[Any]], columns: Callable[[], dict[str, Any]]) -> Callable[[World], Any]:
    """A row of ann's, made for one visit."""

    def values(world: World) -> dict[str, Any]:
        user = ann(world)
        with world.shelf.database.unit_of_work(SYSTEM) as work:
            made = service(work).create({**columns(), "user_id": user.id})
        return {"parent": user.uuid, "key": made.id}

    return values


def an_address(_world: World | None = None) -> dict[str, Any]:
    return {"address_line_1": word()}


def a_link(_world: World | None = None) -> dict[str, Any]:
    return {"label": "Page", "url": "https://example.com"}


def a_proven_email(world: World) -> dict[str, Any]:
    user = ann(world)
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        email = UserToEmailRepository(work.session).create(
            {"user_id": user.id, **an_email(world), "is_verified": True}
        )
    return {"parent": user.uuid, "key": email.id}


def below_ann(world: World) -> dict[str, Any]:
    return {"parent": ann(world).uuid}


def an_api_key(world: World) -> dict[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {"key": ApiKeyService(work).issue(ann(world).id, "a key", [Scope.ACCOUNT_READ])[0].id}


def an_application(world: World) -> dict[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {"key": ContributorDetailService(work).apply(world.user("customer").id).id}


def a_new_application(world: World) -> dict[str, Any]:
    applicant = world.shelf.contributor(word(), role=Role.CUSTOMER)
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {"key": ContributorDetailService(work).apply(applicant.id).id}


def customers(world: World) -> int:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        found = TeamTypeRepository(work.session).find_by_value("customer")
    assert found
    return found.id


def a_new_team(world: World) -> dict[str, Any]:
    return {"name": word(), "teamTypeId": customers(world)}


def a_team(world: World) -> dict[str, Any]:
    """A team of ann's, with one more member."""
    member = world.shelf.contributor("member", role=Role.CUSTOMER)
    type_ = customers(world)
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        team = TeamService(work).create({"name": word(), "user_id": ann(world).id, "team_type_id": type_})
        TeamService(work).add_member(team.id, member.id)
    return {"key": team.id, "member": member.uuid}


def a_member(world: World) -> dict[str, Any]:
    return {"username": world.shelf.contributor("joiner", role=Role.CUSTOMER).username}


def a_new_owner(world: World) -> dict[str, Any]:
    return {"userId": str(world.shelf.contributor("member", role=Role.CUSTOMER).uuid)}


def an_attempt(world: World) -> dict[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        attempts = LoginHistoryRepository(work.session)
        attempt = attempts.begin(word(), None)
        attempts.succeed(attempt, ann(world).id, 1)
        return {"key": attempt.id}


def an_event(world: World) -> dict[str, Any]:
    world.shelf.contributor(word())
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {"key": EventHistoryRepository(work.session).find_all(limit=1)[0].id}


def a_letter(world: World) -> dict[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        letters = EmailHistoryRepository(work.session)
        letters.queue(ids.uuid7(), "verify-email", to="x@example.com", user_id=None, payload={})
        return {"key": letters.find_all(limit=1)[0].id}


def a_role(world: World) -> dict[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {"key": UserRoleRepository(work.session).find_all(limit=1)[0].id}


def a_team_type(world: World) -> dict[str, Any]:
    return {"key": customers(world)}


def at_the_door() -> dict[str, Door]:
    """What guests do; for tokens that are none."""
    token = "0" * 64
    return {
        "POST /api/v1/users": Door(everybody(202), body=somebody_new),
        "POST /api/v1/verification-letters": Door(everybody(202), body=an_email),
        "POST /api/v1/password-reset-letters": Door(everybody(202), body=an_email),
        "POST /api/v1/verifications": Door(everybody(400), body=body(token=token)),
        "POST /api/v1/password-resets": Door(everybody(400), body=body(token=token, password=PASSWORD)),
        "POST /api/v1/tokens": Door(everybody(401), body=lambda world: {**an_email(world), "password": "x"}),
    }


def people() -> dict[str, Door]:
    """The records of people."""
    own = body(current=PASSWORD, new=PASSWORD)
    return {
        "GET /api/v1/users": Door(admins(200)),
        f"GET {ONE}": Door(everybody(200), a_seller),
        f"PATCH {ONE}": Door(the_customer(200), the_person, body(firstName="Ann")),
        f"DELETE {ONE}": Door(the_customer(204), the_person),
        f"PUT {ONE}/password": Door((401, 204, 403, 403, 403, 403, 403), the_person, own),
        f"DELETE {ONE}/sessions": Door(the_customer(204), the_person),
        f"DELETE {ONE}/lock": Door(admins(204), the_person),
        f"PUT {ONE}/roles/<role>": Door(admins(204), with_a_role("contributor")),
        f"DELETE {ONE}/roles/<role>": Door(admins(204), with_a_role("customer")),
    }


def belongings() -> dict[str, Door]:
    """What is below a person."""
    address, link = below(UserAddressService, an_address), below(UserToSocialService, a_link)
    one_of = {"addresses": address, "socials": link, "emails": a_proven_email}
    return {
        **{f"GET {BELOW}/{name}": Door(the_customer(200), below_ann) for name in one_of},
        **{f"GET {BELOW}/{name}/<int:key>": Door(the_customer(200), one) for name, one in one_of.items()},
        **{f"DELETE {BELOW}/{name}/<int:key>": Door(the_customer(204), one) for name, one in one_of.items()},
        f"POST {BELOW}/addresses": Door(
            the_customer(201), below_ann, lambda _world: {"addressLine1": word()}
        ),
        f"PATCH {BELOW}/addresses/<int:key>": Door(the_customer(200), address, body(city="Porto")),
        f"POST {BELOW}/socials": Door(the_customer(201), below_ann, a_link),
        f"PATCH {BELOW}/socials/<int:key>": Door(the_customer(200), link, body(label="Other")),
        f"POST {BELOW}/emails": Door(the_customer(201), below_ann, an_email),
        f"PATCH {BELOW}/emails/<int:key>": Door(the_customer(200), a_proven_email, body(isActive=True)),
    }


def keys() -> dict[str, Door]:
    """The keys of programs."""
    return {
        "GET /api/v1/api-keys": Door(accounts(200)),
        "GET /api/v1/api-keys/<int:key>": Door(the_customer(200), an_api_key),
        "POST /api/v1/api-keys": Door(accounts(201), body=body(name="A program", scopes=["account:read"])),
        "DELETE /api/v1/api-keys/<int:key>": Door(the_customer(204), an_api_key),
    }


def applications() -> dict[str, Door]:
    """Who wants to sell."""
    one = "/api/v1/contributor-details/<int:key>"
    applied = (401, 201, 201, 409, 409, 201, 403)
    return {
        "GET /api/v1/contributor-details": Door(accounts(200)),
        "POST /api/v1/contributor-details": Door(applied, body=body(companyName="Ours")),
        f"GET {one}": Door(the_customer(200), an_application),
        f"PATCH {one}": Door(the_customer(200), an_application, body(country="Portugal")),
        f"POST {one}/approval": Door(admins(200), a_new_application),
        f"POST {one}/refusal": Door(admins(200), a_new_application, body(reason="Too early.")),
    }


def teams() -> dict[str, Door]:
    """Who works together."""
    return {
        "GET /api/v1/teams": Door(accounts(200)),
        "POST /api/v1/teams": Door(accounts(201), body=a_new_team),
        f"GET {TEAM}": Door(the_customer(200), a_team),
        f"PATCH {TEAM}": Door(the_customer(200), a_team, lambda _world: {"name": word()}),
        f"DELETE {TEAM}": Door(the_customer(204), a_team),
        f"POST {TEAM}/members": Door(the_customer(200), a_team, a_member),
        f"DELETE {TEAM}/members/<uuid:member>": Door(the_customer(204), a_team),
        f"PUT {TEAM}/owner": Door((401, 200, 404, 404, 404, 200, 403), a_team, a_new_owner),
    }


def lists() -> dict[str, Door]:
    """What is only read here."""
    return {
        "GET /api/v1/user-roles": Door(accounts(200)),
        "GET /api/v1/user-roles/<int:key>": Door(accounts(200), a_role),
        "GET /api/v1/team-types": Door(everybody(200)),
        "GET /api/v1/team-types/<int:key>": Door(everybody(200), a_team_type),
        "GET /api/v1/login-history": Door(accounts(200)),
        "GET /api/v1/login-history/<int:key>": Door(the_customer(200), an_attempt),
        "GET /api/v1/event-histories": Door(admins(200)),
        "GET /api/v1/event-histories/<int:key>": Door(admins(200), an_event),
        "GET /api/v1/email-histories": Door(admins(200)),
        "GET /api/v1/email-histories/<int:key>": Door(admins(200), a_letter),
    }


def doors() -> dict[str, Door]:
    """The table."""
    return {
        **at_the_door(),
        **people(),
        **belongings(),
        **keys(),
        **applications(),
        **teams(),
        **lists(),
    }
