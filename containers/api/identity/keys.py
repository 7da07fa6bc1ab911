"""API keys: people make and revoke their own. The text of one is shown when it is made, and never again."""

from __future__ import annotations

import orjson
from flask import Response, url_for

from containers.api.callers import Reach, act, door, person
from containers.api.identity.answers import KEYS, IssuedKey
from containers.api.identity.inputs import NewKey, Owned
from containers.api.operations import conditional
from containers.api.resources.resource import Resource, created, routes
from vectoricons.auth.api_keys import ApiKeyService
from vectoricons.common.unit_of_work import UnitOfWork

RESOURCE = Resource(name="api-keys", service=ApiKeyService, wire=KEYS, writers=Reach.ACCOUNT, filters=Owned)
blueprint = routes(RESOURCE)


@blueprint.post("")
@door(Reach.ACCOUNT)
@blueprint.input(NewKey)
@blueprint.output(IssuedKey, status_code=201)
def issue(json_data: NewKey) -> Response:
    """A new key of yours. Keep its text: it is not shown again."""
    user = person()

    def issued(work: UnitOfWork) -> tuple[bytes, int]:
        made, text = ApiKeyService(work).issue(
            user.id, json_data.name, json_data.scopes, expires_at=json_data.expires_at
        )
        shown = RESOURCE.wire.outward(work.session, [made])[0]
        return orjson.dumps({**shown, "key": text}), made.id

    body, key = act(issued)
    response = created(body, url_for("api_keys.read", key=key))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.delete("/<int:key>")
@RESOURCE.writing
@conditional
@blueprint.output({}, status_code=204)
def revoke(key: int) -> Response:
    """Revoke a key: it opens nothing any more."""
    act(lambda work: ApiKeyService(work).revoke(RESOURCE.find_as_seen(work, key).id))
    return Response(status=204)
