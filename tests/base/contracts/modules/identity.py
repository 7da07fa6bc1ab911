"""Who people are."""

from __future__ import annotations

from typing import Any

from tests.base.contracts.modules.module import Module, value_and_label
from tests.base.world import World, word
from vectoricons.auth.api_keys import ApiKeyService
from vectoricons.auth.login_history import LoginHistoryService
from vectoricons.common import ids
from vectoricons.teams import TeamService
from vectoricons.teams.team_types import TeamTypeRepository, TeamTypeService
from vectoricons.users import UserService
from vectoricons.users.contributor_details import ContributorDetailService
from vectoricons.users.user_addresses import UserAddressService
from vectoricons.users.user_roles import UserRoleService
from vectoricons.users.user_to_roles import UserToRoleService
from vectoricons.users.users_to_emails import UserToEmailService
from vectoricons.users.users_to_socials import UserToSocialService


def user(_world: World) -> dict[str, Any]:
    name = word("ann")
    return {"email": f"{name}@example.org", "username": name, "display_name": "Ann"}


def email(world: World) -> dict[str, Any]:
    return {"user_id": world.user().id, "email": f"{word('mail')}@example.org"}


def social(world: World) -> dict[str, Any]:
    return {"user_id": world.user().id, "label": word("label"), "url": "https://example.org/ann"}


def team(world: World) -> dict[str, Any]:
    customers = TeamTypeRepository(world.work.session).find_by_value("customer")
    assert customers is not None
    return {"name": word("team"), "user_id": world.user().id, "team_type_id": customers.id}


def attempt(world: World) -> dict[str, Any]:
    return {"email": f"{word('who')}@example.org", "status": "FAILED", "user_id": world.user().id}


def api_key(world: World) -> dict[str, Any]:
    key = {"prefix": ids.public_id(), "digest": "0" * 64, "scopes": ["catalogue:read"]}
    return {"user_id": world.user().id, "name": word("key"), **key}


MODULES: tuple[Module, ...] = (
    Module(UserRoleService, value_and_label, {"label": "other"}),
    Module(UserService, user, {"display_name": "other"}),
    Module(
        UserToRoleService,
        lambda world: {"user_id": world.user().id, "user_role_id": world.role_id()},
        {"user_role_id": 2},
    ),
    Module(UserToEmailService, email, {"is_verified": True}),
    Module(UserToSocialService, social, {"label": "other"}),
    Module(
        UserAddressService,
        lambda world: {"user_id": world.user().id, "address_line_1": word("street")},
        {"city": "Elsewhere"},
    ),
    Module(
        ContributorDetailService,
        lambda world: {"user_id": world.user().id, "company_name": word("company")},
        {"country": "Elsewhere"},
    ),
    Module(TeamTypeService, lambda _: {"value": word("value"), "label": word("label")}, {"label": "other"}),
    Module(TeamService, team, {"name": "other"}),
    Module(LoginHistoryService, attempt, {"reason": "locked"}),
    Module(ApiKeyService, api_key, {"name": "other"}),
)
