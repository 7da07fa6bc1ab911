"""The API's description: as a document for programs, as a page for people to read and to try it on."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
import orjson
from apiflask import APIFlask
from flask import Blueprint, Response, current_app, send_from_directory

from containers.api import caching, security, templating
from containers.api.wiring import wired

ASSETS = Path(flask_swagger_ui.__file__).with_name("dist")
DOCUMENT = "openapi-document"

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def spec() -> Response:
    """The OpenAPI document."""
    return caching.public(document(current_app))  # type: ignore[arg-type]  # the proxy of one


@blueprint.get("/docs")
def docs() -> Response:
    """The page. Swagger UI draws its small pictures from its style sheet: they alone are let in besides."""
    response = templating.page("docs.html", canonical=f"{_site()}/docs")
    policy = security.page_policy(wired().settings, wired().storage.origin)
    with_pictures = policy.replace("img-src", "img-src data:").format(script="'self'")
    response.headers["Content-Security-Policy"] = with_pictures
    return response


@blueprint.get("/docs/<path:asset>")
def file(asset: str) -> Response:
    """A file of Swagger UI, as its package brings it."""
    return send_from_directory(ASSETS, asset, max_age=86_400)


def document(app: APIFlask) -> bytes:
    """The OpenAPI document of *app*, made once."""
    made: bytes | None = app.extensions.get(DOCUMENT)
    if made is None:
        made = app.extensions[DOCUMENT] = orjson.dumps(app.spec)
    return made


def _site() -> str:
    return wired().settings.site_url
