"""What belongs to a person, below their address: postal addresses, e-mail addresses, links."""

from __future__ import annotations

from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, url_for

from containers.api import caching, ratelimit
from containers.api.callers import Reach, act
from containers.api.identity import people
from containers.api.identity.inputs import (
    AddressPatch,
    EmailPatch,
    NewAddress,
    NewEmail,
    NewSocial,
    SocialPatch,
)
from containers.api.operations import conditional
from containers.api.ratelimit import limiter
from containers.api.resources.resource import Parent, Resource, created, routes, shown
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import UserService
from vectoricons.users.user_addresses import UserAddressService
from vectoricons.users.users_to_emails import UserToEmailService
from vectoricons.users.users_to_socials import UserToSocialService

OF_A_PERSON = Parent(people.RESOURCE, "user_id")
RESOURCES = (
    Resource(
        name="addresses",
        service=UserAddressService,
        wire=Wire.of(UserAddressService),
        writers=Reach.ACCOUNT,
        scopes=(Scope.ACCOUNT_READ, None),
        new=NewAddress,
        patch=AddressPatch,
        removable=True,
        parent=OF_A_PERSON,
    ),
    Resource(
        name="socials",
        service=UserToSocialService,
        wire=Wire.of(UserToSocialService),
        writers=Reach.ACCOUNT,
        scopes=(Scope.ACCOUNT_READ, None),
        new=NewSocial,
        patch=SocialPatch,
        removable=True,
        parent=OF_A_PERSON,
    ),
)
EMAILS = Resource(
    name="emails",
    service=UserToEmailService,
    wire=Wire.of(UserToEmailService),
    writers=Reach.ACCOUNT,
    scopes=(Scope.ACCOUNT_READ, None),
    parent=OF_A_PERSON,
)
blueprint: APIBlueprint = routes(EMAILS)


@blueprint.post("")
@EMAILS.writing
@limiter.limit(ratelimit.LETTERS)
@blueprint.input(NewEmail)
@blueprint.output(EMAILS.wire.model, status_code=201)
def add(parent: UUID, json_data: NewEmail) -> Response:
    """One more e-mail address, or the letter to it once more. Confirm it with the token of the letter."""

    def added(work: UnitOfWork) -> tuple[bytes, int]:
        owner = people.RESOURCE.find(work, parent)
        email = UserToEmailService(work).add(owner.id, json_data.email)
        return shown(EMAILS, work.session, email), email.id

    body, key = act(added)
    return created(body, url_for("emails.read", parent=parent, key=key))


@blueprint.patch("/<int:key>")
@EMAILS.writing
@conditional
@blueprint.input(EmailPatch)
@blueprint.output(EMAILS.wire.model)
def use(parent: UUID, key: int, json_data: EmailPatch) -> Response:
    """Be reached at this address from now on, and sign in with it. It must be confirmed."""

    def used(work: UnitOfWork) -> bytes:
        email = EMAILS.find_as_seen(work, key, parent)
        UserService(work).use_email(email.user_id, email.id)
        return shown(EMAILS, work.session, EMAILS.find(work, key, parent))

    return caching.private(act(used))


@blueprint.delete("/<int:key>")
@EMAILS.writing
@conditional
@blueprint.output({}, status_code=204)
def remove(parent: UUID, key: int) -> Response:
    """Remove an address; not the one you are reached at."""
    act(lambda work: UserToEmailService(work).remove(EMAILS.find_as_seen(work, key, parent).id))
    return Response(status=204)
