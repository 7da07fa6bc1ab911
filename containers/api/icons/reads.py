"""What Iconify's clients ask for: drawings, the data of icons, search, and what sets there are.

https://iconify.design/docs/api/queries.html is what they go by. What they do not know, ``license`` and
``facets`` of a search, changes nothing for them.
"""

from __future__ import annotations

from typing import Annotated, Literal, cast

import orjson
from apiflask import APIBlueprint
from flask import Response, current_app, request
from pydantic import ConfigDict, Field, StringConstraints

from containers.api import caching
from containers.api.icons.svg import Look, svg
from vectoricons.common.database import Database
from vectoricons.common.errors import NotFound
from vectoricons.products import catalogue_facets, open_catalogue, open_search
from vectoricons.products.open_catalogue import Prefixes
from vectoricons.products.open_search import Question
from vectoricons.utils import Input, InvalidInput, Line

DATABASE = "database"
FEWEST, USUAL, MOST = 32, 64, 999  # hits of a search; what is asked for beyond is taken as these
KEPT = "public, max-age=3600"
KEPT_SHORTLY = "public, max-age=600"
SVG = "image/svg+xml; charset=utf-8"
# A drawing that is opened as a page runs nothing and loads nothing; its styles are part of it.
INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

blueprint = APIBlueprint("icons", __name__, enable_openapi=False)


Names = Annotated[str, StringConstraints(max_length=4_000)]
Wanted = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class Query(Input):
    """What a client asks. Clients of other servers ask for more; what is not known here is let be."""

    model_config = ConfigDict(extra="ignore")


class IconsQuery(Query):
    """Some icons of a set."""

    icons: Names = Field(min_length=1, description='It is the names of icons, with commas: "home,star".')


class SetsQuery(Query):
    """Some sets, or all."""

    prefix: Names = Field("", description="It is the prefix of one set.")
    prefixes: Names = Field("", description='It is several, with commas; "arrows-" is a beginning.')

    def named(self) -> Prefixes:
        """The sets it names."""
        if self.prefix:
            return Prefixes([self.prefix])
        return Prefixes.of(*filter(None, self.prefixes.split(",")))


class SetQuery(Query):
    """One set."""

    prefix: Line = Field(description="It is the prefix of a set.")
    info: str = Field("", description="With it, the answer says what the set is.")


class SearchQuery(SetsQuery):
    """A search over open icons."""

    query: Wanted = Field(description='It is the words to look for, such as "home".')
    limit: int = Field(USUAL, ge=1, description=f"It is how many hits: {FEWEST} to {MOST}.")
    start: int = Field(0, ge=0, description="It is how many of them to leave out, fewer than limit.")
    category: Names = Field("", description="It is the name of a category.")
    license: Names = Field("", description='It is a licence, such as "MIT".')
    facets: Literal["", "1"] = Field("", description='"1": what the search may be narrowed by.')

    def question(self) -> Question:
        """What is looked for. Raises InvalidInput."""
        limit = max(FEWEST, min(self.limit, MOST))
        if self.start >= limit:
            raise InvalidInput.of(
                "start", f'"start" is {self.start}, beyond the {limit} hits that "limit" allows.'
            )
        narrowed = {"license": self.license, "category": self.category}
        words, named = open_search.read(self.query)
        return Question(
            words,
            prefixes=self.named() if named.are_all else named,
            filters={name: value for name, value in narrowed.items() if value},
            limit=limit,
            start=self.start,
        )


class KeywordsQuery(Query):
    """Words that begin with ``prefix``, or begin or end with ``keyword``."""

    prefix: Names = Field("", description="It is how the words begin.")
    keyword: Names = Field("", description="It is how the words begin or end.")


@blueprint.get("/<prefix>/<name>.svg")
def drawing(prefix: str, name: str) -> Response:
    """An icon as an SVG file, as large, turned and coloured as asked."""
    look = Look.of(request.args)
    with _database().reader() as connection:
        found = open_catalogue.drawing(connection, prefix, name)
    if found is None:
        raise NotFound(f'There is no free icon "{prefix}:{name}".')
    response = caching.public(svg(found, look), SVG, keep=KEPT)
    response.headers["Content-Security-Policy"] = INERT
    if request.args.get("download"):
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.svg"'
    return response


@blueprint.get("/<prefix>:<name>.svg")
def addressed(prefix: str, name: str) -> Response:
    """The same, by its address as it is written."""
    return drawing(prefix, name)


@blueprint.get("/<prefix>.json")
@blueprint.get("/<prefix>/icons.json", endpoint="icons-of")
@blueprint.input(IconsQuery, location="query")
def icons(prefix: str, query_data: IconsQuery) -> Response:
    """The data of some icons of a set."""
    with _database().reader() as connection:
        found = open_catalogue.icons(connection, prefix, query_data.icons.split(","))
    return _kept(_there(found, prefix), keep=KEPT)


@blueprint.get("/search")
@blueprint.input(SearchQuery, location="query")
def search(query_data: SearchQuery) -> Response:
    """Icons by words, those of exactly these words and short names first."""
    question = query_data.question()
    asked = orjson.dumps(request.args.to_dict()).decode()
    with _database().reader() as connection:
        hits = open_search.search(connection, question, asked)
        if not query_data.facets:
            return _kept(hits)
        facets = catalogue_facets.facets(connection, _facet_filters(question))
    return _kept(hits[:-1] + b',"facets":' + facets + b"}")


@blueprint.get("/collections")
@blueprint.input(SetsQuery, location="query")
def collections(query_data: SetsQuery) -> Response:
    """What sets there are."""
    with _database().reader() as connection:
        return _kept(open_catalogue.collections(connection, query_data.named()))


@blueprint.get("/collection")
@blueprint.input(SetQuery, location="query")
def collection(query_data: SetQuery) -> Response:
    """The names of all icons of a set."""
    prefix = query_data.prefix
    with _database().reader() as connection:
        found = open_catalogue.collection(connection, prefix, info=bool(query_data.info))
    return _kept(_there(found, prefix))


@blueprint.get("/last-modified")
@blueprint.input(SetsQuery, location="query")
def last_modified(query_data: SetsQuery) -> Response:
    """When sets changed, for clients that keep what they have read."""
    with _database().reader() as connection:
        return _kept(open_catalogue.last_modified(connection, query_data.named()))


@blueprint.get("/keywords")
@blueprint.input(KeywordsQuery, location="query")
def keywords(query_data: KeywordsQuery) -> Response:
    """Words that icons are found by."""
    word = (query_data.prefix or query_data.keyword).lower()
    if not word:
        raise InvalidInput.of(
            "prefix", '"prefix" and "keyword" are missing: one of them says how the words begin.'
        )
    with _database().reader() as connection:
        known, matches = open_catalogue.keywords(connection, word, anywhere=not query_data.prefix)
    return _kept(orjson.dumps({**request.args.to_dict(), "exists": known, "matches": matches}))


def _database() -> Database:
    return cast("Database", current_app.extensions[DATABASE])


def _kept(body: bytes, *, keep: str = KEPT_SHORTLY) -> Response:
    return caching.public(body, keep=keep)


def _there(found: bytes | None, prefix: str) -> bytes:
    if found is None:
        raise NotFound(f'There is no set of free icons with the prefix "{prefix}".')
    return found


def _facet_filters(question: Question) -> dict[str, str]:
    """The search as the catalogue counts it: over what is free, of all sets."""
    if not question.prefixes.are_all:
        raise InvalidInput.of("facets", '"facets" are counted over all sets. Leave it out, or the prefixes.')
    return {"q": question.words, "type": "icon", "price": "free", **question.filters}
