"""The format of manifest.json, as its contributors' editors read it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from containers.api import caching
from vectoricons.uploads.manifest import schema_text

blueprint = APIBlueprint("manifest", __name__, url_prefix="/schemas", enable_openapi=False)
SCHEMA_JSON = "application/schema+json"


@blueprint.get("/manifest.json")
def schema() -> Response:
    """The JSON Schema of the newest version."""
    response = caching.public(schema_text(), SCHEMA_JSON)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
