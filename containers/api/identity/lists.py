"""Lists about people that are only read here: roles, team types, and what was written down of them."""

from __future__ import annotations

from containers.api.callers import Reach
from containers.api.identity.inputs import EventQuery, LetterQuery, LoginQuery
from containers.api.resources.resource import Resource
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.auth.login_history import LoginHistoryService
from vectoricons.email_histories import EmailHistoryService
from vectoricons.event_histories import EventHistoryService
from vectoricons.teams.team_types import TeamTypeService
from vectoricons.users.user_roles import UserRoleService

RESOURCES = (
    Resource(name="user-roles", service=UserRoleService, wire=Wire.of(UserRoleService)),
    Resource(
        name="team-types",
        service=TeamTypeService,
        wire=Wire.of(TeamTypeService),
        readers=Reach.EVERYBODY,
    ),
    Resource(
        name="login-history",
        service=LoginHistoryService,
        wire=Wire.of(LoginHistoryService, kept=("token_version", "is_counted")),
        scopes=(Scope.ACCOUNT_READ, None),
        filters=LoginQuery,
    ),
    Resource(
        name="event-histories",
        service=EventHistoryService,
        wire=Wire.of(EventHistoryService, kept=("user_id",)),  # the actor names the person
        readers=Reach.ADMIN,
        filters=EventQuery,
    ),
    Resource(
        name="email-histories",
        service=EmailHistoryService,
        wire=Wire.of(EmailHistoryService),
        readers=Reach.ADMIN,
        filters=LetterQuery,
    ),
)
