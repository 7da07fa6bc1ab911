"""Teams: the owner says who belongs to one; members see it, and leave it."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from containers.api import caching
from containers.api.callers import Reach, act, person
from containers.api.identity.inputs import NewMember, NewOwner, NewTeam, TeamPatch, TeamQuery
from containers.api.resources.resource import Resource, routes, shown
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.common.errors import NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.teams import TeamService
from vectoricons.users import User, UserRepository
from vectoricons.utils import wrong

RESOURCE = Resource(
    name="teams",
    service=TeamService,
    wire=Wire.of(TeamService, relations=("team_type", "owner", "members")),
    graph="full",
    writers=Reach.ACCOUNT,
    scopes=(Scope.ACCOUNT_READ, None),
    filters=TeamQuery,
    new=NewTeam,
    patch=TeamPatch,
    removable=True,
)
blueprint = routes(RESOURCE)


@blueprint.post("/<int:key>/members")
@RESOURCE.writing
@blueprint.input(NewMember)
@blueprint.output(RESOURCE.wire.model)
def add_member(key: int, json_data: NewMember) -> Response:
    """Let a person belong to your team. Adding them again changes nothing."""

    def added(work: UnitOfWork) -> bytes:
        team = RESOURCE.find(work, key)
        named = UserRepository(work.session).find_by_username(json_data.username)
        TeamService(work).add_member(team.id, _open(named, "username", json_data.username).id)
        return shown(RESOURCE, work.session, RESOURCE.find(work, key))

    return caching.private(act(added))


@blueprint.delete("/<int:key>/members/<uuid:member>")
@RESOURCE.writing
@blueprint.output({}, status_code=204)
def remove_member(key: int, member: UUID) -> Response:
    """Let a person belong to your team no more; or leave one yourself."""
    me = person()

    def removed(work: UnitOfWork) -> None:
        team, service = RESOURCE.find(work, key), TeamService(work)
        if member == me.uuid:
            service.leave(team.id)
            return
        other = UserRepository(work.session).find_by_uuid(member)
        if other is None:
            raise NotFound("There is nobody with this id in the team.")
        service.remove_member(team.id, other.id)

    act(removed)
    return Response(status=204)


@blueprint.put("/<int:key>/owner")
@RESOURCE.writing
@blueprint.input(NewOwner)
@blueprint.output(RESOURCE.wire.model)
def transfer(key: int, json_data: NewOwner) -> Response:
    """Hand your team to another of its members."""

    def transferred(work: UnitOfWork) -> bytes:
        team = RESOURCE.find(work, key)
        named = UserRepository(work.session).find_by_uuid(json_data.user_id)
        TeamService(work).transfer(team.id, _open(named, "user_id", str(json_data.user_id)).id)
        return shown(RESOURCE, work.session, RESOURCE.find(work, key))

    return caching.private(act(transferred))


def _open(named: User | None, field: str, given: str) -> User:
    if named is None or not named.is_open:
        raise wrong(field, f'there is nobody called "{given}"')
    return named
