"""Who people are."""

from __future__ import annotations

from typing import Any

from tests.base.contracts.modules.module import Module, value_and_label
from tests.base.world import World, word
from vectoricons.users import UserService
from vectoricons.users.user_roles import UserRoleService
from vectoricons.users.user_to_roles import UserToRoleService


def user(_world: World) -> dict[str, Any]:
    name = word("ann")
    return {"email": f"{name}@example.org", "username": name, "display_name": "Ann"}


MODULES: tuple[Module, ...] = (
    Module(UserRoleService, value_and_label, {"label": "other"}),
    Module(UserService, user, {"display_name": "other"}),
    Module(
        UserToRoleService,
        lambda world: {"user_id": world.user().id, "user_role_id": world.role_id()},
        {"user_role_id": 2},
    ),
)
