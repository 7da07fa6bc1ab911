"""Signing in and out by API."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response
from flask_wtf.csrf import generate_csrf

from containers.api import caching, outputs, ratelimit, sessions
from containers.api.callers import Reach, door
from containers.api.operations import never_kept
from containers.api.outputs import Output
from containers.api.queries import Credentials
from containers.api.ratelimit import limiter
from vectoricons.users import User


class SignedIn(Output):
    """Who is signed in, and the token to send as X-CSRFToken with every change."""

    user: outputs.Person | None
    csrf_token: str


blueprint = APIBlueprint("session", __name__, url_prefix="/api/v1/session", tag="Session")


@blueprint.get("")
@door(Reach.EVERYBODY)
@never_kept
@blueprint.output(SignedIn)
def read() -> Response:
    """Who is signed in, and the token that changes need."""
    return _account(sessions.current_user())


@blueprint.post("")
@door(Reach.EVERYBODY)
@never_kept
@limiter.limit(ratelimit.SIGN_IN)
@limiter.limit(ratelimit.SIGN_IN, key_func=ratelimit.by_email)
@blueprint.input(Credentials)
@blueprint.output(SignedIn)
def create(json_data: Credentials) -> Response:
    """Sign in. The session is in the cookie of the answer."""
    return _account(sessions.sign_in(json_data.email, json_data.password))


@blueprint.delete("")
@door(Reach.EVERYBODY)
@never_kept
@blueprint.output(SignedIn, status_code=200)
def delete() -> Response:
    """Sign out."""
    sessions.sign_out()
    return _account(None)


def _account(user: User | None) -> Response:
    person = user and outputs.Person(username=user.username, display_name=user.display_name)
    return caching.unkept(SignedIn(user=person, csrf_token=generate_csrf()))
