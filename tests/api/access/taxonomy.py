"""Everybody reads what is in use of it, administrators change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from tests.api.access.doors import Door, World, admins, everybody
from tests.api.factories import SYSTEM
from vectoricons.banned_words import BannedWordService
from vectoricons.common.service import Service
from vectoricons.images.image_types import ImageTypeService
from vectoricons.licenses import LicenseService
from vectoricons.options import OptionService
from vectoricons.products.categories import CategoryService
from vectoricons.products.product_types import ProductTypeService
from vectoricons.products.styles import StyleService
from vectoricons.products.tags import TagService
from vectoricons.protected_entities import ProtectedEntityService
from vectoricons.users import User

_number = count(1)


def word() -> str:
    return f"word{next(_number)}"


def named(_world: World) -> dict[str, Any]:
    return {"name": word()}


def valued(_world: World) -> dict[str, Any]:
    return {"value": word(), "label": "Label"}


def an_image_type(world: World) -> dict[str, Any]:
    return {**valued(world), "description": "What for"}


def a_license(_world: World) -> dict[str, Any]:
    return {"value": word(), "name": "A licence", "type": "free"}


def a_banned_word(_world: World) -> dict[str, Any]:
    return {"word": word()}


def an_option(world: World) -> dict[str, Any]:
    family = world.shelf.family()
    return {"entityType": "family", "entityId": family.unique_id, "key": word(), "value": "x"}


def an_option_row(world: World) -> dict[str, Any]:
    return {"entity_type": "family", "entity_id": world.shelf.family().id, "key": word(), "value": "x"}


def somebody(world: World) -> User:
    return world.shelf.contributor(word())


def a_subject(world: World) -> dict[str, Any]:
    return {"entityType": "user", "entityId": str(somebody(world).uuid)}


def a_protection(world: World) -> dict[str, Any]:
    return {"entity_type": "user", "entity_id": somebody(world).id}


def kept(service: type[Service[Any]], columns: Callable[[World], dict[str, Any]]) -> Callable[[World], Any]:
    """A row of the service, made for one visit."""

    def values(world: World) -> Mapping[str, Any]:
        with world.shelf.database.unit_of_work(SYSTEM) as work:
            return {"key": service(work).create(columns(world)).id}

    return values


READ_BY_ALL: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "categories": (kept(CategoryService, named), named, {"isActive": False}),
    "tags": (kept(TagService, named), named, {"isActive": False}),
    "styles": (kept(StyleService, valued), valued, {"label": "Other"}),
    "product-types": (kept(ProductTypeService, valued), valued, {"label": "Other"}),
    "image-types": (kept(ImageTypeService, an_image_type), an_image_type, {"label": "Other"}),
    "licenses": (kept(LicenseService, a_license), a_license, {"name": "Other"}),
}
KEPT_BY_ADMINS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "banned-words": (kept(BannedWordService, a_banned_word), a_banned_word, {"isActive": False}),
    "options": (
        kept(OptionService, an_option_row),
        an_option,
        {"value": "y"},
    ),
    "protected-entities": (kept(ProtectedEntityService, a_protection), a_subject, {}),
}


def doors() -> dict[str, Door]:
    """The table."""
    table: dict[str, Door] = {}
    for name, (values, new, patch) in {**READ_BY_ALL, **KEPT_BY_ADMINS}.items():
        may_read = everybody if name in READ_BY_ALL else admins
        one = f"/api/v1/{name}/<int:key>"
        table[f"GET /api/v1/{name}"] = Door(may_read(200))
        table[f"GET {one}"] = Door(may_read(200), values)
        table[f"POST /api/v1/{name}"] = Door(admins(201), body=new)
        table[f"DELETE {one}"] = Door(admins(204), values)
        if patch:
            table[f"PATCH {one}"] = Door(admins(200), values, lambda _world, patch=patch: patch)
    return table
