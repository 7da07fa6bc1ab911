"""What helps to find: search, suggestions, similar items, totals. Public, and built by Postgres."""

from __future__ import annotations

import orjson
from apiflask import APIBlueprint
from flask import Response

from containers.api import caching, outputs
from containers.api.callers import Reach, door, sender
from containers.api.queries import (
    Beginning,
    SearchQuery,
    Several,
)
from containers.api.wiring import wired
from vectoricons.common.errors import NotFound
from vectoricons.products import catalogue_details as details
from vectoricons.products import catalogue_similar as looking_alike
from vectoricons.products import catalogue_suggestions as suggesting
from vectoricons.products.catalogue_cards import ICON, ILLUSTRATION, Kind

blueprint = APIBlueprint("catalogue", __name__, url_prefix="/api/v1", tag="Catalogue")


@blueprint.get("/icons/<unique_id>/similar")
@door(Reach.EVERYBODY)
@blueprint.input(Several, location="query")
@blueprint.output(outputs.Cards)
def similar_icons(unique_id: str, query_data: Several) -> Response:
    """Icons like this one, the most alike first."""
    return _similar(ICON, unique_id, query_data.limit)


@blueprint.get("/illustrations/<unique_id>/similar")
@door(Reach.EVERYBODY)
@blueprint.input(Several, location="query")
@blueprint.output(outputs.Cards)
def similar_illustrations(unique_id: str, query_data: Several) -> Response:
    """Illustrations like this one, the most alike first."""
    return _similar(ILLUSTRATION, unique_id, query_data.limit)


@blueprint.get("/contributors/<username>")
@door(Reach.EVERYBODY)
@blueprint.output(outputs.ContributorProfile)
def contributor(username: str) -> Response:
    """One contributor. What they made, the lists show with ``contributor=``."""
    with wired().database.reader() as connection:
        return _found(details.contributor(connection, username), "contributor")


@blueprint.get("/search")
@door(Reach.EVERYBODY)
@blueprint.input(SearchQuery, location="query")
@blueprint.output(outputs.Results)
def search(query_data: SearchQuery) -> Response:
    """Icons and illustrations together, with what to narrow them by."""
    asked = query_data.asked(query_data.order)
    hits, facets = wired().searching.search(asked)
    if query_data.cursor is None:
        wired().search_log.note(query_data.q, sender(), orjson.loads(facets)["total"])
    meant = _meant(query_data.q) if query_data.q and hits.is_empty else None
    return caching.public(b'%b,"facets":%b,"meant":%b}' % (hits.to_json()[:-1], facets, orjson.dumps(meant)))


@blueprint.get("/suggestions")
@door(Reach.EVERYBODY)
@blueprint.input(Beginning, location="query")
@blueprint.output(outputs.Suggestions)
def suggestions(query_data: Beginning) -> Response:
    """What to search for, while somebody types."""
    with wired().database.reader() as connection:
        found = suggesting.suggestions(connection, query_data.q, query_data.limit)
    return caching.public(b'{"items":%b}' % found)


@blueprint.get("/totals")
@door(Reach.EVERYBODY)
@blueprint.output(outputs.Totals)
def totals() -> Response:
    """How much there is on sale."""
    with wired().database.reader() as connection:
        return caching.public(details.totals(connection))


def _meant(words: str) -> str | None:
    with wired().database.reader() as connection:
        return suggesting.meant(connection, words)


def _similar(kind: Kind, unique_id: str, limit: int) -> Response:
    with wired().database.reader() as connection:
        found = looking_alike.similar(connection, kind, unique_id, _assets(), limit)
    return _found(found and b'{"items":%b}' % found, kind.name)


def _found(body: bytes | None, what: str) -> Response:
    if body is None:
        raise NotFound(f"There is no {what} with this id, or it is not public.")
    return caching.public(body)


def _assets() -> str:
    return wired().settings.assets_url
