"""The modules under contract. Adding one is a line: its service, what a new row is made of, and a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, get_type_hints
from uuid import uuid4

from tests.base.world import World, word
from vectoricons.common.entity import Entity
from vectoricons.common.repository import Repository
from vectoricons.common.row import Table
from vectoricons.common.service import Service
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.event_histories import EventHistoryService
from vectoricons.images import ImageService
from vectoricons.images.image_types import ImageTypeService
from vectoricons.licenses import LicenseService
from vectoricons.products.categories import CategoryRepository, CategoryService
from vectoricons.products.entity_to_categories import EntityToCategoryService
from vectoricons.products.entity_to_tags import EntityToTagService
from vectoricons.products.families import FamilyService
from vectoricons.products.icons import IconService
from vectoricons.products.illustrations import IllustrationService
from vectoricons.products.product_types import ProductTypeId, ProductTypeService
from vectoricons.products.sets import SetService
from vectoricons.products.styles import StyleService
from vectoricons.products.tags import TagService
from vectoricons.uploads.batches import UploadBatchService
from vectoricons.uploads.items import UploadItemService
from vectoricons.users import UserService
from vectoricons.users.user_roles import UserRoleService
from vectoricons.users.user_to_roles import UserToRoleService

Made = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Module:
    """A module under contract."""

    service: type[Service[Any]]
    made: Made
    change: Mapping[str, Any] = field(default_factory=dict)

    @property
    def repository(self) -> type[Repository[Any, Any]]:
        named: type[Repository[Any, Any]] = get_type_hints(self.service)["repository"]
        return named

    @property
    def entity(self) -> type[Entity]:
        return self.repository.entity

    @property
    def row(self) -> type[Table]:
        return self.repository.row

    def has(self, column: str) -> bool:
        return hasattr(self.row, column)

    def can(self, capability: type) -> bool:
        return issubclass(self.service, capability)

    def __str__(self) -> str:
        return self.entity.entity_name()


@dataclass(frozen=True)
class Subject:
    """A module in a unit of work: what a contract test is about."""

    module: Module
    world: World

    @property
    def work(self) -> UnitOfWork:
        return self.world.work

    @property
    def repository(self) -> Repository[Any, Any]:
        return self.module.repository(self.work.session)

    @property
    def service(self) -> Service[Any]:
        return self.module.service(self.work)

    def data(self) -> dict[str, Any]:
        """The columns of a row that is not there yet."""
        return self.module.made(self.world)

    def one(self) -> Any:
        """A new row."""
        return self.repository.create(self.data())

    def many(self, number: int = 3) -> list[Any]:
        """New rows."""
        return [self.one() for _ in range(number)]


def value_and_label(_world: World) -> dict[str, Any]:
    return {"value": word("value"), "label": "Some label"}


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
        "entity_id": world.user().id,  # any number nobody has yet: no foreign key looks at it
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


def user(_world: World) -> dict[str, Any]:
    name = word("ann")
    return {"email": f"{name}@example.org", "username": name, "display_name": "Ann"}


def history(_world: World) -> dict[str, Any]:
    return {
        "event_id": uuid4(),
        "name": "icon.after.create",
        "entity": "icon",
        "phase": "after",
        "operation": "create",
        "actor": "system:test",
        "status": "SUCCESS",
        "payload": {"ids": [1, 2], "of": {"nested": ["deep"]}},
        "occurred_at": "2026-01-02T03:04:05.000006+00:00",
    }


def tagged(world: World) -> dict[str, Any]:
    return {"entity_type": "icon", "entity_id": 1, "tag_id": world.tag().id}


def shelved(world: World) -> dict[str, Any]:
    category = CategoryRepository(world.work.session).create({"name": word("category")})
    return {"entity_type": "icon", "entity_id": 1, "category_id": category.id}


def batch(world: World) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "contributor_id": world.contributor.id,
        "object_key": word("uploads/source.zip"),
        "filename": "arrows.zip",
    }


def batch_item(world: World) -> dict[str, Any]:
    of = UploadBatchService(world.work).create(batch(world))
    return {"batch_id": of.id, "entry_no": 1, "filename": "arrow.svg"}


MODULES = (
    Module(CategoryService, lambda _: {"name": word("category")}, {"name": "other"}),
    Module(EntityToCategoryService, shelved, {"entity_id": 2}),
    Module(EntityToTagService, tagged, {"entity_id": 2}),
    Module(EventHistoryService, history, {"actor": "system:other"}),
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
    Module(UploadBatchService, batch, {"filename": "other.zip"}),
    Module(UploadItemService, batch_item, {"filename": "other.svg"}),
    Module(UserRoleService, value_and_label, {"label": "other"}),
    Module(UserService, user, {"display_name": "other"}),
    Module(
        UserToRoleService,
        lambda world: {"user_id": world.user().id, "user_role_id": world.role_id()},
        {"user_role_id": 2},
    ),
)
