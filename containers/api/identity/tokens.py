"""Access tokens: programs that a person uses sign in for a quarter of an hour."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from containers.api import caching, ratelimit, sessions
from containers.api.callers import Reach, door
from containers.api.identity.answers import AccessToken
from containers.api.queries import Credentials
from containers.api.ratelimit import limiter
from containers.api.wiring import wired
from vectoricons.auth.access_tokens import AccessTokens

blueprint = APIBlueprint("tokens", __name__, url_prefix="/api/v1/tokens", tag="Tokens")


@blueprint.post("")
@door(Reach.EVERYBODY)
@limiter.limit(ratelimit.SIGN_IN)
@limiter.limit(ratelimit.SIGN_IN, key_func=ratelimit.by_email)
@blueprint.input(Credentials)
@blueprint.output(AccessToken)
def create(json_data: Credentials) -> Response:
    """An access token for who has these credentials."""
    user = sessions.proven(json_data.email, json_data.password)
    tokens = AccessTokens(wired().settings.keys)
    life = int(tokens.life.total_seconds())
    return caching.unkept(AccessToken(access_token=tokens.issue(user), expires_in=life))
