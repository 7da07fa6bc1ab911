"""What is on sale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.base.contracts.modules.module import Module, value_and_label
from tests.base.world import World, word
from vectoricons.images import ImageService
from vectoricons.images.image_types import ImageTypeService
from vectoricons.licenses import LicenseService
from vectoricons.products.categories import CategoryRepository, CategoryService
from vectoricons.products.entity_to_categories import EntityToCategoryService
from vectoricons.products.entity_to_tags import EntityToTagService
from vectoricons.products.families import FamilyService
from vectoricons.products.icons import IconRepository, IconService
from vectoricons.products.illustrations import IllustrationService
from vectoricons.products.product_types import ProductTypeId, ProductTypeService
from vectoricons.products.sets import SetService
from vectoricons.products.styles import StyleService
from vectoricons.products.tags import TagService


def item(world: World) -> dict[str, Any]:
    owner = {"user_id": world.contributor.id, "family_id": world.family.id, "set_id": world.set.id}
    source = {"source_batch_id": uuid4(), "source_entry_no": 1}
    return {
        **owner,
        **source,
        "name": word("arrow"),
        "price": Decimal("2.00"),
        "tag_names": ["up"],
        "palette": ["#ff0000"],
    }


def set_(world: World) -> dict[str, Any]:
    owner = {"user_id": world.contributor.id, "family_id": world.family.id}
    return {**owner, "name": word("set"), "product_type_id": ProductTypeId.ICON, "price": Decimal("10")}


def image(world: World) -> dict[str, Any]:
    digest = uuid4().hex * 2
    return {
        "entity_type": "icon",
        "entity_id": IconRepository(world.work.session).create(item(world)).id,
        "kind": "thumbnail",
        "format": "webp",
        "visibility": "public",
        "access": "all",
        "name": "arrow.webp",
        "object_key": f"images/{digest}.webp",
        "image_hash": digest,
        "size_bytes": 812,
        "width": 128,
        "height": 128,
    }


def tagged(world: World) -> dict[str, Any]:
    return {"entity_type": "icon", "entity_id": 1, "tag_id": world.tag().id}


def shelved(world: World) -> dict[str, Any]:
    category = CategoryRepository(world.work.session).create({"name": word("category")})
    return {"entity_type": "icon", "entity_id": 1, "category_id": category.id}


MODULES: tuple[Module, ...] = (
    Module(CategoryService, lambda _: {"name": word("category")}, {"name": "other"}),
    Module(EntityToCategoryService, shelved, {"entity_id": 2}),
    Module(EntityToTagService, tagged, {"entity_id": 2}),
    Module(
        FamilyService,
        lambda world: {"name": word("family"), "user_id": world.contributor.id},
        {"name": "other"},
    ),
    Module(IconService, item, {"name": "other"}),
    Module(IllustrationService, item, {"name": "other"}),
    Module(ImageService, image, {"name": "other"}),
    Module(
        ImageTypeService,
        lambda world: {**value_and_label(world), "description": "For a test"},
        {"label": "other"},
    ),
    Module(
        LicenseService, lambda _: {"value": word("own"), "name": "Own", "type": "free"}, {"name": "other"}
    ),
    Module(ProductTypeService, value_and_label, {"label": "other"}),
    Module(SetService, set_, {"name": "other"}),
    Module(StyleService, value_and_label, {"label": "other"}),
    Module(TagService, lambda _: {"name": word("tag")}, {"name": "other"}),
)
