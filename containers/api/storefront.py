"""The public pages: home, search, families, items. The same for all guests, so caches may keep them."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from containers.api import facets, linked_data, ratelimit, sessions, templating
from containers.api.queries import FamilyQuery, ItemQuery, Paging, SearchQuery
from containers.api.ratelimit import limiter
from containers.api.templating import path
from containers.api.wiring import wired
from vectoricons.common.errors import NotFound
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue, catalogue_details, catalogue_search
from vectoricons.products.catalogue import Order
from vectoricons.products.catalogue_cards import ICON, ILLUSTRATION, Kind

blueprint = Blueprint("storefront", __name__)
Q = TypeVar("Q", bound=Paging)

PAGE = 48
FAMILIES_PAGE = 18
ID_LENGTH = 12


@blueprint.get("/")
def home() -> Response:
    """What is new."""
    with wired().database.reader() as connection:

        def newest(listing: catalogue.Listing, number: int) -> Any:
            asked = Ask(key=wired().settings.keys, sort_by=listing.by(Order.NEWEST), limit=number)
            return orjson.loads(catalogue.page(connection, listing, asked, wired().settings.assets_url).items)

        content = {
            "icons": newest(catalogue.ICONS, 24),
            "illustrations": newest(catalogue.ILLUSTRATIONS, 12),
            "families": newest(catalogue.FAMILIES, 6),
            "tags": catalogue_details.popular_tags(connection),
        }
    return _page("home.html", "/", **content)


@blueprint.get("/search")
def search() -> Response:
    """Icons and illustrations that fit, and what to narrow them by."""
    query = _query(SearchQuery, PAGE)
    asked = query.asked(query.order)
    hits, found = wired().searching.search(asked)
    counted = orjson.loads(found)
    items = orjson.loads(hits.items)
    if query.cursor is None:
        wired().search_log.note(query.q, sessions.current_user(), counted["total"])
    given = query.narrowed()
    return _page(
        "search.html",
        f"{request.path}?{urlencode(given)}" if given else request.path,
        items=items,
        page=hits,
        query=query.q or "",
        type=query.type,
        heading=facets.heading(query),
        summary=facets.summary(counted),
        facets=facets.groups(counted, query),
        chosen=facets.chosen(query),
        indexable=bool(items) and not query.cursor and len(given) <= 1,
    )


@blueprint.get("/families")
def families() -> Response:
    """Families, newest first."""
    query = _query(FamilyQuery, FAMILIES_PAGE)
    found = _listed(catalogue.FAMILIES, query.asked(catalogue.FAMILIES.by(query.sort)))
    return _page(
        "families.html",
        url_for("storefront.families"),
        items=orjson.loads(found.items),
        page=found,
        indexable=not query.cursor,
    )


@blueprint.get("/families/<unique_id>")
def family(unique_id: str) -> AnyResponse:
    """A family with its sets and a page of its items."""
    with wired().database.reader() as connection:
        found = catalogue_details.family(connection, _id(unique_id), wired().settings.assets_url)
    content = _parsed(found)
    if moved := _moved(content):
        return moved
    query = _query(ItemQuery, PAGE)
    asked = query.asked(catalogue_search.Sort.NEWEST, family=content["id"])
    with wired().database.reader() as connection:
        items = catalogue_search.search(connection, asked, wired().settings.assets_url)
    address = wired().settings.site_url + path(content)
    return _page(
        "family.html",
        path(content),
        family=content,
        items=orjson.loads(items.items),
        items_type=ICON.name if content["iconCount"] else ILLUSTRATION.name,
        page=items,
        chosen_set=query.set,
        indexable=not query.cursor and not query.set,
        social_image=_picture(content["preview"]),
        linked_data=[linked_data.family(content, address), _breadcrumbs((content["name"], path(content)))],
    )


@blueprint.get("/icons/<unique_id>")
def icon(unique_id: str) -> AnyResponse:
    """An icon."""
    return _item(ICON, unique_id)


@blueprint.get("/illustrations/<unique_id>")
def illustration(unique_id: str) -> AnyResponse:
    """An illustration."""
    return _item(ILLUSTRATION, unique_id)


@blueprint.get("/icons/<unique_id>/svg", defaults={"kind": ICON})
@blueprint.get("/illustrations/<unique_id>/svg", defaults={"kind": ILLUSTRATION})
@limiter.limit(ratelimit.DOWNLOAD)
def download_svg(kind: Kind, unique_id: str) -> AnyResponse:
    """The SVG of a free item, by a link to storage that works for a minute."""
    with wired().database.reader() as connection:
        source = catalogue_details.free_svg(connection, kind, _id(unique_id))
    if source is None:
        raise NotFound(f"There is no free SVG of this {kind.name}.")
    response = redirect(wired().storage.svg_link(source.key, source.filename), 303)
    response.headers["Cache-Control"] = "no-store"
    return response


def _item(kind: Kind, unique_id: str) -> AnyResponse:
    assets = wired().settings.assets_url
    with wired().database.reader() as connection:
        content = _parsed(catalogue_details.item(connection, kind, _id(unique_id), assets))
        if moved := _moved(content):
            return moved
        related = orjson.loads(catalogue_details.related(connection, kind, content["id"], assets))
    address = wired().settings.site_url + path(content)
    family = content["family"]
    return _page(
        "item.html",
        path(content),
        item=content,
        related=related,
        social_image=_picture(content["preview"]),
        social_card="summary",
        linked_data=[
            linked_data.item(content, address),
            _breadcrumbs((family["name"], path(family)), (content["name"], path(content))),
        ],
    )


def _page(template: str, canonical: str, **content: Any) -> Response:
    return templating.page(template, canonical=wired().settings.site_url + canonical, **content)


def _query(model: type[Q], limit: int) -> Q:
    """The page's parameters. What is empty or none of ours is passed over: links carry all sorts.

    Tags that are chosen one after the other narrow: all of them must be there.
    """
    known = {field.alias for field in model.model_fields.values()} - {"limit"}
    given = {name: value for name, value in request.args.items() if name in known and value.strip()}
    together = {"tagMode": "all"} if "tagMode" in known else {}
    return model.model_validate({**together, **given, "limit": limit})


def _listed(listing: catalogue.Listing, asked: Ask) -> catalogue.JsonPage:
    with wired().database.reader() as connection:
        return catalogue.page(connection, listing, asked, wired().settings.assets_url)


def _id(name: str) -> str:
    """The id in ``0a1b2c3d4e5f-arrow-left``. Raises NotFound if there can be none."""
    unique_id, rest = name[:ID_LENGTH], name[ID_LENGTH:]
    if len(unique_id) < ID_LENGTH or (rest and not rest.startswith("-")):
        raise NotFound("Check the address, or search for what you need.")
    return unique_id


def _parsed(found: bytes | None) -> dict[str, Any]:
    if found is None:
        raise NotFound("It is not, or no longer, in the catalogue. Search for something like it.")
    content: dict[str, Any] = orjson.loads(found)
    return content


def _moved(content: dict[str, Any]) -> AnyResponse | None:
    """A redirect to the one address of *content*, unless this is it."""
    if request.path == path(content):
        return None
    query = request.query_string.decode()
    return redirect(f"{path(content)}?{query}" if query else path(content), 301)


def _breadcrumbs(*trail: tuple[str, str]) -> dict[str, Any]:
    steps = [("VectorIcons", "/"), ("Families", url_for("storefront.families")), *trail]
    return linked_data.breadcrumbs([(name, wired().settings.site_url + address) for name, address in steps])


def _picture(pictures: dict[str, str] | None) -> str | None:
    return (pictures.get("png") or pictures.get("webp")) if pictures else None
