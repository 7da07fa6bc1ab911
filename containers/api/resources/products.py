"""Icons, illustrations, sets and families: everybody reads them, their contributors and administrators write.

What a write answers is what reading gives: JSON that Postgres builds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import Response, url_for
from sqlalchemy import Connection

from containers.api import caching, outputs
from containers.api.callers import Reach, act, admit, caller, door, person
from containers.api.operations import conditional
from containers.api.queries import FamilyList, ItemList, SetList, Viewed
from containers.api.resources import product_inputs as inputs
from containers.api.resources.resource import created, edit, refuse_outdated
from containers.api.wiring import wired
from vectoricons.auth.api_keys import Scope
from vectoricons.common.access_control import Resource, is_privileged
from vectoricons.common.errors import NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import EntityType
from vectoricons.favorites import FavoriteService
from vectoricons.products import catalogue as lists
from vectoricons.products import catalogue_details as details
from vectoricons.products.catalogue import Listing
from vectoricons.products.catalogue_cards import ICON, ILLUSTRATION, PUBLIC, Viewer
from vectoricons.products.families import FamilyService
from vectoricons.products.icons import IconService
from vectoricons.products.illustrations import IllustrationService
from vectoricons.products.product import Product, ProductService
from vectoricons.products.sets import SetService
from vectoricons.teams import TeamService
from vectoricons.utils import Input, wrong

Reading = Callable[[Connection, str, str, Viewer], bytes | None]
T = TypeVar("T")

ANYBODY, WRITERS = door(Reach.EVERYBODY), door(Reach.CONTRIBUTOR, Scope.CATALOGUE_WRITE)
LATER = frozenset({"tag_names", "categories"})
"""What a thing gets once it is there."""


@dataclass(frozen=True, kw_only=True)
class Goods:
    """A kind of things for sale: what one is, how they are listed and read, what may be sent of one."""

    kind: EntityType
    listing: Listing
    query: type[Viewed]
    card: type[outputs.Output]
    reading: Reading
    detail: type[outputs.Output]
    service: type[ProductService[Any]]
    new: type[Input]
    patch: type[Input]

    def find(self, work: UnitOfWork, unique_id: str) -> Product:
        """The one with this id, for who may change it and has seen it as it is.

        Raises NotFound, Forbidden, ChangedMeanwhile.
        """
        body, service = self.shown(edit(work), unique_id), self.service(work)
        found: Product = self.there(service.get_by_unique_id(unique_id))
        service.access.enforce(work.actor, "update", Resource.of(found))
        refuse_outdated(body)
        return found

    def shown(self, work: UnitOfWork, unique_id: str) -> bytes:
        """The one with this id, as far as the actor may see it. Raises NotFound."""
        who = Viewer(work.actor.id, is_privileged(work.actor))
        connection = work.session.connection()
        return self.there(self.reading(connection, unique_id, wired().settings.assets_url, who))

    def there(self, found: T | None) -> T:
        """What was *found*. Raises NotFound."""
        if found is None:
            raise NotFound(f"There is no {self.kind} with this id, or it is not yours to see.")
        return found


GOODS = (
    Goods(
        kind=EntityType.ICON,
        listing=lists.ICONS,
        query=ItemList,
        card=outputs.Card,
        reading=lambda connection, *asked: details.item(connection, ICON, *asked),
        detail=outputs.Item,
        service=IconService,
        new=inputs.NewItem,
        patch=inputs.ItemPatch,
    ),
    Goods(
        kind=EntityType.ILLUSTRATION,
        listing=lists.ILLUSTRATIONS,
        query=ItemList,
        card=outputs.Card,
        reading=lambda connection, *asked: details.item(connection, ILLUSTRATION, *asked),
        detail=outputs.Item,
        service=IllustrationService,
        new=inputs.NewItem,
        patch=inputs.ItemPatch,
    ),
    Goods(
        kind=EntityType.SET,
        listing=lists.SETS,
        query=SetList,
        card=outputs.SetCard,
        reading=details.item_set,
        detail=outputs.SetDetail,
        service=SetService,
        new=inputs.NewSet,
        patch=inputs.SetPatch,
    ),
    Goods(
        kind=EntityType.FAMILY,
        listing=lists.FAMILIES,
        query=FamilyList,
        card=outputs.FamilyCard,
        reading=details.family,
        detail=outputs.FamilyDetail,
        service=FamilyService,
        new=inputs.NewFamily,
        patch=inputs.FamilyPatch,
    ),
)


def routes(goods: Goods) -> APIBlueprint:
    """The routes of a kind of things."""
    name = goods.listing.name
    blueprint = APIBlueprint(name, __name__, url_prefix=f"/api/v1/{name}", tag=name.capitalize())
    _reads(blueprint, goods)
    _creates(blueprint, goods)
    _updates(blueprint, goods)
    _deletes(blueprint, goods)
    return blueprint


def _reads(blueprint: APIBlueprint, goods: Goods) -> None:
    def index(query_data: Viewed) -> Response:
        listing, more = _wanted(goods.listing, query_data)
        asked = query_data.asked(goods.listing.by(query_data.sort), **more)
        with wired().database.reader() as connection:
            body = lists.page(connection, listing, asked, wired().settings.assets_url).to_json()
        return caching.public(body) if query_data.is_public else caching.private(body)

    def read(unique_id: str) -> Response:
        who = _viewer()
        with wired().database.reader() as connection:
            body = goods.reading(connection, unique_id, wired().settings.assets_url, who)
        return (caching.for_guests if who == PUBLIC else caching.private)(goods.there(body))

    index.__doc__ = f"{blueprint.tag}, newest first unless another order is asked for."
    read.__doc__ = f"One {goods.kind}."
    listed = blueprint.output(outputs.Page[goods.card])(index)  # type: ignore[name-defined]
    blueprint.get("")(ANYBODY(blueprint.input(goods.query, location="query")(listed)))
    blueprint.get("/<unique_id>")(ANYBODY(blueprint.output(goods.detail)(read)))


def _creates(blueprint: APIBlueprint, goods: Goods) -> None:
    def create(json_data: Input) -> Response:
        user = person()

        def made(work: UnitOfWork) -> tuple[bytes, str]:
            given = {"user_id": user.id, **inputs.columns(work, json_data)}
            service = goods.service(work)
            new = service.draft({name: value for name, value in given.items() if name not in LATER})
            service.revise(new.id, {name: given[name] for name in LATER & given.keys()})
            return goods.shown(work, new.unique_id), new.unique_id

        body, unique_id = act(made)
        return created(body, url_for(f"{blueprint.name}.read", unique_id=unique_id))

    create.__doc__ = f"A new {goods.kind} of yours, switched off: nobody else sees it before it is active."
    answering = blueprint.output(goods.detail, status_code=HTTPStatus.CREATED)(create)
    blueprint.post("")(WRITERS(blueprint.input(goods.new)(answering)))


def _updates(blueprint: APIBlueprint, goods: Goods) -> None:
    def update(unique_id: str, json_data: Input) -> Response:
        def changed(work: UnitOfWork) -> bytes:
            found = goods.find(work, unique_id)
            goods.service(work).revise(found.id, inputs.columns(work, json_data))
            return goods.shown(work, unique_id)

        return caching.private(act(changed))

    update.__doc__ = (
        f"Change {goods.listing.name} of yours: what is sent; the rest stays. "
        "Send If-Match to be sure of what."
    )
    answering = blueprint.output(goods.detail)(update)
    blueprint.patch("/<unique_id>")(WRITERS(conditional(blueprint.input(goods.patch)(answering))))


def _deletes(blueprint: APIBlueprint, goods: Goods) -> None:
    def delete(unique_id: str) -> Response:
        def removed(work: UnitOfWork) -> None:
            found = goods.find(work, unique_id)
            goods.service(work).soft_delete(found.id)

        act(removed)
        return Response(status=HTTPStatus.NO_CONTENT)

    def forget_likes(unique_id: str) -> Response:
        act(lambda work: FavoriteService(work).remove_all(goods.kind, goods.find(work, unique_id).id))
        return Response(status=HTTPStatus.NO_CONTENT)

    delete.__doc__ = (
        f"Put one of your {goods.listing.name} away; a PATCH with isDeleted false brings it back."
    )
    forget_likes.__doc__ = f"Remove the {goods.kind} from everybody's favourites."
    empty = blueprint.output({}, status_code=HTTPStatus.NO_CONTENT)
    blueprint.delete("/<unique_id>")(WRITERS(conditional(empty(delete))))
    blueprint.delete("/<unique_id>/favorites")(door(Reach.ADMIN)(conditional(empty(forget_likes))))


def _viewer() -> Viewer:
    """Who looks. A key that may not read the catalogue looks as the public does."""
    who = caller()
    if who.scopes is not None and Scope.CATALOGUE_READ not in who.scopes:
        return PUBLIC
    return Viewer(who.actor.id, is_privileged(who.actor))


def _wanted(listing: Listing, query: Viewed) -> tuple[Listing, Mapping[str, Any]]:
    """The list that is asked for, and what narrows it besides. Raises for who may not see it."""
    if query.team is not None:
        _require_member(query.team)
    if query.view == "public":
        for name in query.filters().keys() & {"is_active", "is_deleted"}:
            raise wrong(name, 'it goes with "view", "own" or "all"; everybody else sees what is active')
        return listing, {}
    if query.view == "all":
        admit(Reach.ADMIN)
        return lists.whole(listing), {}
    admit(Reach.ACCOUNT, Scope.CATALOGUE_READ)
    return lists.whole(listing), {"own": person().id}


def _require_member(team: int) -> None:
    admit(Reach.ACCOUNT, Scope.CATALOGUE_READ)
    if not act(lambda work: TeamService(work).exists({"id": team})):
        raise wrong("team", f"you belong to no team with the id {team}")


BLUEPRINTS = tuple(routes(goods) for goods in GOODS)
