"""What people have of the catalogue: what they like, bought, downloaded and looked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

import orjson
from flask import Response, request, url_for
from pydantic import Field

from containers.api import caching, ratelimit
from containers.api.callers import Reach, act, door, person
from containers.api.operations import never_kept
from containers.api.outputs import Output
from containers.api.queries import Paging
from containers.api.ratelimit import limiter
from containers.api.resources.resource import Resource, created, routes, shown
from containers.api.resources.wire import Wire
from containers.api.wiring import wired
from vectoricons.auth.api_keys import Scope
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import EntityType
from vectoricons.downloads import DownloadService, Wanted
from vectoricons.downloads.entitlement import find
from vectoricons.favorites import FavoriteService
from vectoricons.images import Format
from vectoricons.orders import OrderRow
from vectoricons.products.offers import OfferType
from vectoricons.purchased_items import PurchasedItemService
from vectoricons.search_activity import SearchActivityService
from vectoricons.users import UserRow
from vectoricons.utils import Input, Line, PublicId, Word, wrong

MONTH = timedelta(days=30)


class About(Paging):
    """A list of what is about things."""

    entity_type: Word | None = Field(None, description='It is a kind of thing, such as "icon".')
    entity_id: Word | None = Field(None, description="It is the id of one thing of the entityType.")


class OfPeople(About):
    """A list in which everybody finds their own, and administrators all."""

    user_id: UUID | None = Field(None, description="It is the id of a person; you find your own alone.")


class LikedAbout(About):
    """A list of favourites."""

    def filters(self) -> dict[str, Any]:
        """The filters that were given; what is liked no more is no favourite."""
        return {**super().filters(), "is_active": True}


class Searched(Paging):
    """A list of searches."""

    search_term: Line | None = Field(None, description="It is what was looked for, in small letters.")
    searched_on: date | None = Field(None, description='It is a day (UTC), such as "2026-11-26".')
    user_id: UUID | None = Field(None, description="It is the id of who looked for it.")


class MostSearched(Input):
    """The words that are looked for most."""

    since: date | None = Field(None, description="It is the first day (UTC) that counts; else a month ago.")
    limit: int = Field(10, ge=1, le=100, description="It is how many: 1 to 100.")


class Wish(Input):
    """A thing of the catalogue."""

    entity_type: Literal["icon", "illustration", "set", "family"] = Field(
        description='It is "icon", "illustration", "set" or "family".'
    )
    entity_id: PublicId = Field(description="It is the id of the thing: 12 letters and digits.")


class NewDownload(Wish):
    """What is to be downloaded."""

    format: Format = Field(Format.SVG, description='It is "svg", "png" or "webp".')


class File(Output):
    """A file and the address it is at for a minute."""

    name: str
    url: str


class Files(Output):
    """What was asked for: one file of an icon or illustration, all files of a set or family."""

    files: list[File]


class Term(Output):
    """What was looked for, and how often."""

    term: str
    times: int


class Terms(Output):
    """What is looked for most."""

    items: list[Term]


FAVORITES = Resource(
    name="favorites",
    service=FavoriteService,
    wire=Wire.of(FavoriteService),
    writers=Reach.ACCOUNT,
    scopes=(Scope.ACCOUNT_READ, None),
    filters=LikedAbout,
    removable=True,
)
DOWNLOADS = Resource(
    name="downloads",
    service=DownloadService,
    wire=Wire.of(DownloadService, kept=("object_key", "entity_unique_id", "billing_period_id")),
    scopes=(Scope.ACCOUNT_READ, None),
    filters=OfPeople,
)
PURCHASED_ITEMS = Resource(
    name="purchased-items",
    service=PurchasedItemService,
    wire=Wire.of(PurchasedItemService, refers={"user_id": UserRow, "order_id": OrderRow}),
    scopes=(Scope.ORDERS_READ, None),
    filters=OfPeople,
)
SEARCH_ACTIVITY = Resource(
    name="search-activity",
    service=SearchActivityService,
    wire=Wire.of(SearchActivityService, kept=("session_id",)),
    readers=Reach.ADMIN,
    filters=Searched,
)

favorites, downloads, searches = routes(FAVORITES), routes(DOWNLOADS), routes(SEARCH_ACTIVITY)
BLUEPRINTS = (favorites, downloads, routes(PURCHASED_ITEMS), searches)


@favorites.post("")
@door(Reach.ACCOUNT)
@favorites.input(Wish)
@favorites.output(FAVORITES.wire.model, status_code=HTTPStatus.CREATED)
def like(json_data: Wish) -> Response:
    """Like something. Liking it again changes nothing."""
    user = person()

    def liked(work: UnitOfWork) -> tuple[bytes, int]:
        liking = {"entity_type": EntityType(json_data.entity_type), "entity_id": _shown(work, json_data)}
        entity = FavoriteService(work).upsert({"user_id": user.id, **liking, "is_active": True})
        return shown(FAVORITES, work.session, entity), entity.id

    body, key = act(liked)
    return created(body, url_for("favorites.read", key=key))


@favorites.delete("")
@door(Reach.ACCOUNT)
@favorites.output({}, status_code=HTTPStatus.NO_CONTENT)
def like_nothing() -> Response:
    """Remove all your favourites."""
    user = person()
    act(lambda work: FavoriteService(work).clear(user.id))
    return Response(status=HTTPStatus.NO_CONTENT)


@downloads.post("")
@door(Reach.ACCOUNT, Scope.DOWNLOADS_WRITE)
@never_kept
@limiter.limit(ratelimit.DOWNLOAD)
@downloads.input(NewDownload)
@downloads.output(Files, status_code=HTTPStatus.CREATED)
def download(json_data: NewDownload) -> Response:
    """Links, for a minute, to the files of what is free, yours, bought, or in your subscription.

    The first download of a thing in a month of a subscription takes one of its credits.
    """
    wanted = Wanted(
        entity_type=json_data.entity_type,
        unique_id=json_data.entity_id,
        format=json_data.format,
        ip=request.remote_addr,
    )
    links = act(lambda work: DownloadService(work).issue(wanted, wired().storage.svg_link))
    files = Files(files=[File(name=link.name, url=link.url) for link in links])
    address = url_for("downloads.index", entityType=json_data.entity_type, entityId=json_data.entity_id)
    response = created(files.model_dump_json(by_alias=True).encode(), address)
    response.headers["Cache-Control"] = "no-store"
    return response


@searches.get("/terms")
@door(Reach.ADMIN)
@searches.input(MostSearched, location="query")
@searches.output(Terms)
def most_searched(query_data: MostSearched) -> Response:
    """The words that were looked for most since a day, most frequent first."""
    since = query_data.since or datetime.now(UTC).date() - MONTH
    found = act(lambda work: SearchActivityService(work).most_frequent(since, query_data.limit))
    body = orjson.dumps({"items": [{"term": term, "times": times} for term, times in found]})
    return caching.private(body)


def _shown(work: UnitOfWork, wish: Wish) -> int:
    """The number of what the public sees. Raises InvalidInput."""
    product = find(work.session, OfferType(wish.entity_type), wish.entity_id)
    if product is None or not product.is_live:
        raise wrong("entity_id", f'there is no {wish.entity_type} with the id "{wish.entity_id}"')
    return product.id
