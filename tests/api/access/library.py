"""What people have of the catalogue is theirs alone; what they look for, administrators read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.access.doors import Door, World, accounts, admins, the_customer
from tests.api.factories import SYSTEM
from tests.base.shop import Shop
from vectoricons.common.actor import Actor
from vectoricons.config.enums import EntityType
from vectoricons.downloads import DownloadRepository, DownloadService, Wanted
from vectoricons.favorites import FavoriteService
from vectoricons.products.icons import Icon
from vectoricons.purchased_items import PurchasedItemService
from vectoricons.search_activity import SearchActivityRepository, SearchActivityService


def an_icon(world: World) -> Icon:
    made = world.shelf.item(world.shelf.set(world.shelf.family(by="ada")), price=0)
    assert isinstance(made, Icon)
    return made


def about_an_icon(world: World) -> dict[str, Any]:
    return {"entityType": "icon", "entityId": an_icon(world).unique_id}


def a_favorite(world: World) -> Mapping[str, Any]:
    ann, icon = world.user("customer"), an_icon(world)
    with world.shelf.database.unit_of_work(Actor.of(ann)) as work:
        return {"key": FavoriteService(work).toggle(ann.id, EntityType.ICON, icon.id).id}


def a_download(world: World) -> Mapping[str, Any]:
    icon, ann = an_icon(world), world.user("customer")
    with world.shelf.database.unit_of_work(Actor.of(ann)) as work:
        DownloadService(work).issue(
            Wanted(entity_type="icon", unique_id=icon.unique_id), lambda key, _name: key
        )
        (logged,) = DownloadRepository(work.session).find_all({"entity_unique_id": icon.unique_id})
        return {"key": logged.unique_id}


def a_purchase(world: World) -> Mapping[str, Any]:
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        shop, ann = Shop(work), world.user("customer")
        icon = shop.icon()
        shop.sell(ann, icon)  # with whatever else waits in ann's cart
        (bought,) = PurchasedItemService(work).get_where({"entity_type": "icon", "entity_id": icon.id})
        return {"key": bought.id}


def a_search(world: World) -> Mapping[str, Any]:
    ann = world.user("customer")
    with world.shelf.database.unit_of_work(Actor.of(ann)) as work:
        SearchActivityService(work).note("arrow")
        (found,) = SearchActivityRepository(work.session).find_all({"user_id": ann.id})
        return {"key": found.id}


def doors() -> dict[str, Door]:
    """The table."""
    return {
        "GET /api/v1/favorites": Door(accounts(200)),
        "POST /api/v1/favorites": Door(accounts(201), body=about_an_icon),
        "DELETE /api/v1/favorites": Door(accounts(204)),
        "GET /api/v1/favorites/<int:key>": Door(the_customer(200), a_favorite),
        "DELETE /api/v1/favorites/<int:key>": Door(the_customer(204), a_favorite),
        "GET /api/v1/downloads": Door(accounts(200)),
        "POST /api/v1/downloads": Door(accounts(201), body=about_an_icon),
        "GET /api/v1/downloads/<string:key>": Door(the_customer(200), a_download),
        "GET /api/v1/purchased-items": Door(accounts(200)),
        "GET /api/v1/purchased-items/<int:key>": Door(the_customer(200), a_purchase),
        "GET /api/v1/search-activity": Door(admins(200)),
        "GET /api/v1/search-activity/<int:key>": Door(admins(200), a_search),
        "GET /api/v1/search-activity/terms": Door(admins(200)),
    }
