"""Contributor details: people apply to sell, administrators decide."""

from __future__ import annotations

from flask import Response, url_for

from containers.api import caching
from containers.api.callers import Reach, act, door, person
from containers.api.identity.inputs import Application, ApplicationQuery, Refusal
from containers.api.resources.resource import Resource, created, given, routes, shown
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users.contributor_details import ContributorDetail, ContributorDetailService

RESOURCE = Resource(
    name="contributor-details",
    service=ContributorDetailService,
    wire=Wire.of(ContributorDetailService, kept=("decided_by",)),
    writers=Reach.ACCOUNT,
    scopes=(Scope.ACCOUNT_READ, None),
    filters=ApplicationQuery,
    patch=Application,
)
blueprint = routes(RESOURCE)


@blueprint.post("")
@door(Reach.ACCOUNT)
@blueprint.input(Application)
@blueprint.output(RESOURCE.wire.model, status_code=201)
def apply(json_data: Application) -> Response:
    """Apply to sell with us; after a refusal, once more. You have one application, whatever you send."""
    user = person()

    def applied(work: UnitOfWork) -> tuple[bytes, int]:
        made = ContributorDetailService(work).apply(user.id, **given(json_data))
        return shown(RESOURCE, work.session, made), made.id

    body, key = act(applied)
    return created(body, url_for("contributor_details.read", key=key))


@blueprint.post("/<int:key>/approval")
@door(Reach.ADMIN)
@blueprint.output(RESOURCE.wire.model)
def approve(key: int) -> Response:
    """Make the applicant a contributor. Doing it again changes nothing."""

    def approved(work: UnitOfWork) -> bytes:
        decided = ContributorDetailService(work).approve(_application(work, key).user_id)
        return shown(RESOURCE, work.session, decided)

    return caching.private(act(approved))


@blueprint.post("/<int:key>/refusal")
@door(Reach.ADMIN)
@blueprint.input(Refusal)
@blueprint.output(RESOURCE.wire.model)
def decline(key: int, json_data: Refusal) -> Response:
    """Turn the applicant down, who is told why. Doing it again changes nothing."""

    def declined(work: UnitOfWork) -> bytes:
        application = _application(work, key)
        decided = ContributorDetailService(work).decline(application.user_id, json_data.reason)
        return shown(RESOURCE, work.session, decided)

    return caching.private(act(declined))


def _application(work: UnitOfWork, key: int) -> ContributorDetail:
    found: ContributorDetail = RESOURCE.find(work, key)
    return found
