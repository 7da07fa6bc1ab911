"""People: signing up, what everybody may see of who sells, and what they change of their own record."""

from __future__ import annotations

from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request

from containers.api import caching, outputs, ratelimit, sessions
from containers.api.callers import Reach, act, caller, door, person
from containers.api.identity.answers import Profile, Told, public, whole
from containers.api.identity.inputs import NewUser, PasswordChange, ProfilePatch, UserQuery
from containers.api.identity.registration import told
from containers.api.operations import conditional
from containers.api.ratelimit import limiter
from containers.api.resources.resource import Resource, edit, given, refuse_outdated
from containers.api.resources.wire import Wire
from containers.api.wiring import wired
from vectoricons.auth.api_keys import Scope
from vectoricons.auth.login_history import LoginHistoryService
from vectoricons.auth.password_reset import PasswordReset
from vectoricons.auth.registration import Registration
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Forbidden, NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User, UserService

RESOURCE = Resource(
    name="users",
    service=UserService,
    wire=Wire.of(UserService, relations=("roles", "socials")),
    graph="profile",
)
SIGNED_UP = "A letter is on its way. Open the link in it within fifteen minutes, and you can sign in."
blueprint = APIBlueprint("users", __name__, url_prefix="/api/v1/users", tag="Users")


@blueprint.post("")
@door(Reach.EVERYBODY)
@limiter.limit(ratelimit.SIGN_UP)
@blueprint.input(NewUser)
@blueprint.output(Told, status_code=202)
def sign_up(json_data: NewUser) -> Response:
    """Sign up. The answer is the same for an address that is known; its owner is written to."""
    act(lambda work: Registration(work).register(**given(json_data)))
    return told(SIGNED_UP)


@blueprint.get("")
@door(Reach.ADMIN)
@blueprint.input(UserQuery, location="query")
@blueprint.output(outputs.Page[Profile])
def index(query_data: UserQuery) -> Response:
    """People, newest first: for administrators."""

    def listed(work: UnitOfWork) -> bytes:
        asked = query_data.asked("id", list="users")
        found = UserService(work).keyset_page(query_data.filters(), asked=asked)
        around = outputs.Neighbours(next=found.next, prev=found.previous)
        people = outputs.Page[Profile](
            items=[whole(user) for user in RESOURCE.complete(work, found.items)], page=around
        )
        return people.model_dump_json(by_alias=True, exclude_unset=True).encode()

    return caching.private(act(listed))


@blueprint.get("/<uuid:key>")
@door(Reach.EVERYBODY)
@blueprint.output(Profile)
def read(key: UUID) -> Response:
    """A contributor as everybody may see them; yourself whole, and anybody for administrators."""
    who = caller()
    who.require(Scope.ACCOUNT_READ)
    answer = caching.for_guests if who.user is None else caching.private
    return answer(act(lambda work: _seen(work, key).json_bytes()))


@blueprint.patch("/<uuid:key>")
@door(Reach.ACCOUNT)
@conditional
@blueprint.input(ProfilePatch)
@blueprint.output(Profile)
def update(key: UUID, json_data: ProfilePatch) -> Response:
    """Change your profile: what is sent; the rest stays. Send If-Match to be sure of what."""

    def changed(work: UnitOfWork) -> bytes:
        UserService(work).update(_as_seen(work, key).id, given(json_data))
        return whole(RESOURCE.find(work, key)).json_bytes()

    return caching.private(act(changed))


@blueprint.delete("/<uuid:key>")
@door(Reach.ACCOUNT)
@conditional
@blueprint.output({}, status_code=204)
def close(key: UUID) -> Response:
    """Close an account: yours, or as an administrator anybody's. All its sessions end."""
    act(lambda work: UserService(work).close(_as_seen(work, key).id))
    return Response(status=204)


@blueprint.put("/<uuid:key>/password")
@door(Reach.ACCOUNT)
@limiter.limit(ratelimit.SIGN_IN)
@blueprint.input(PasswordChange)
@blueprint.output({}, status_code=204)
def change_password(key: UUID, json_data: PasswordChange) -> Response:
    """Change your password. All your sessions and access tokens end, this one too: sign in again."""
    user = person()
    if user.uuid != key:
        raise Forbidden("People change their own password alone. Who forgot it asks for a letter.")
    with wired().database.unit_of_work(Actor.of(user)) as work:  # it commits as it goes: see SignIn
        PasswordReset(work).change(user, json_data.current, json_data.new, ip_address=request.remote_addr)
    sessions.sign_out()
    return Response(status=204)


@blueprint.delete("/<uuid:key>/sessions")
@door(Reach.ACCOUNT)
@blueprint.output({}, status_code=204)
def sign_out_everywhere(key: UUID) -> Response:
    """End all sessions and access tokens of yours, or as an administrator of anybody."""
    act(lambda work: SignIn(work).sign_out(RESOURCE.find(work, key)))
    return Response(status=204)


@blueprint.delete("/<uuid:key>/lock")
@door(Reach.ADMIN)
@blueprint.output({}, status_code=204)
def unlock(key: UUID) -> Response:
    """Open an account that wrong passwords have locked."""
    act(lambda work: LoginHistoryService(work).reset(RESOURCE.find(work, key).email))
    return Response(status=204)


@blueprint.put("/<uuid:key>/roles/<role>")
@door(Reach.ADMIN)
@blueprint.output({}, status_code=204)
def give_role(key: UUID, role: str) -> Response:
    """Let a person hold a role. "deny_all" closes everything to them."""
    act(lambda work: UserService(work).assign_role(key, role))
    return Response(status=204)


@blueprint.delete("/<uuid:key>/roles/<role>")
@door(Reach.ADMIN)
@blueprint.output({}, status_code=204)
def take_role(key: UUID, role: str) -> Response:
    """Take a role from a person."""
    act(lambda work: UserService(work).withdraw_role(key, role))
    return Response(status=204)


def _as_seen(work: UnitOfWork, key: UUID) -> User:
    """The person to be changed, if they still are what the caller has seen. Raises ChangedMeanwhile."""
    found: User = RESOURCE.find(edit(work), key)
    refuse_outdated(whole(found).json_bytes())
    return found


def _seen(work: UnitOfWork, key: UUID) -> Profile:
    """The person as who asks may see them. Raises NotFound."""
    service = UserService(work)
    own: User | None = service.get_one_with_relations({"uuid": key}, "profile")
    if own is not None:
        return whole(own)
    seller = service.get_contributor(key)
    if seller is None:
        raise NotFound("There is no contributor with this id.")
    return public(seller)
