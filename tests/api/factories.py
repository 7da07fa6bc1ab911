"""Rows for tests of what is read: families, sets, items and uploads, as the pipeline leaves them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import text

from vectoricons.common import ids
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.images import Image, ImageRepository
from vectoricons.licenses import LicenseRepository
from vectoricons.products.entity_to_tags import EntityToTagRepository
from vectoricons.products.families import Family, FamilyRepository
from vectoricons.products.icons import IconRepository
from vectoricons.products.illustrations import IllustrationRepository
from vectoricons.products.items import Item
from vectoricons.products.product_types import ProductTypeRepository
from vectoricons.products.sets import Set, SetRepository
from vectoricons.products.styles import StyleRepository
from vectoricons.products.tags import TagRepository
from vectoricons.uploads.batches import BatchState, UploadBatch, UploadBatchRepository
from vectoricons.uploads.items import ItemState, UploadItemRepository
from vectoricons.uploads.keys import archive_key
from vectoricons.users import User, UserService

PASSWORD = "Correct-horse-1"
SYSTEM = Actor.system("test")
REPOSITORIES = {"icon": IconRepository, "illustration": IllustrationRepository}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Picture:
    """One rendered file of an item: what for, in what format, how wide, and its key in the public bucket."""

    kind: str
    format: str
    size: int
    key: str


def invented_pictures(name: str, *, premium: bool = False) -> tuple[Picture, ...]:
    """The public pictures the pipeline makes of an item, with keys of their own."""
    shown = [
        ("thumbnail", 128),
        *([("watermark", 512)] if premium else [("preview", 512), ("watermark", 512)]),
    ]
    return tuple(
        Picture(
            kind, format_, size, f"images/{hashlib.sha256(f'{name}{kind}'.encode()).hexdigest()}.{format_}"
        )
        for kind, size in shown
        for format_ in (("webp",) if kind == "watermark" else ("png", "webp"))
    )


@dataclass(frozen=True)
class Shelf:
    """Puts things into a database. Every call is a transaction, so what it made is there to be read."""

    database: Database
    _seen: dict[str, User] = field(default_factory=dict)

    def contributor(self, name: str = "ada", *, role: str = Role.CONTRIBUTOR) -> User:
        """The user *name*, made at the first call, who signs in as ``NAME@example.com`` with PASSWORD."""
        if name not in self._seen:
            with self.database.unit_of_work(SYSTEM) as work:
                self._seen[name] = UserService(work).register(
                    email=f"{name}@example.com",
                    username=name,
                    display_name=name.capitalize(),
                    password=PASSWORD,
                    role=role,
                    is_verified=True,
                )
        return self._seen[name]

    def family(self, name: str = "", *, by: str = "ada", preview: str = "", **columns: Any) -> Family:
        """A live family; *preview* is the key of its picture."""
        user = self.contributor(by)
        with self.database.unit_of_work(SYSTEM) as work:
            name = name or f"family {next(_numbers)}"
            made = FamilyRepository(work.session).create(
                {"name": name, "user_id": user.id, "price": 0, "license_id": _license(work, "mit"), **columns}
            )
            if not preview:
                return made
            picture = Picture("preview", "webp", 1200, preview)
            image = _images(work, "family", made.id, made.name, [picture])[0]
            changed = FamilyRepository(work.session).update(made.id, {"preview_image_id": image.id})
            assert changed
            return changed

    def set(
        self, family: Family, name: str = "", *, of: str = "icon", style: str = "", **columns: Any
    ) -> Set:
        """A live set of icons or illustrations in *family*."""
        with self.database.unit_of_work(SYSTEM) as work:
            type_ = ProductTypeRepository(work.session).find_by_value(of)
            styled = StyleRepository(work.session).find_by_value(style) if style else None
            assert type_
            return SetRepository(work.session).create(
                {
                    "name": name or f"set {next(_numbers)}",
                    "family_id": family.id,
                    "user_id": family.user_id,
                    "license_id": family.license_id,
                    "price": family.price,
                    "product_type_id": type_.id,
                    "style_id": styled and styled.id,
                    **columns,
                }
            )

    def item(self, set_: Set, name: str = "", *, of: str = "icon", **columns: Any) -> Item:
        """A live icon or illustration in *set_*."""
        return self.items(set_, [name or f"{of} {next(_numbers)}"], of=of, **columns)[0]

    def items(
        self,
        set_: Set,
        names: Sequence[str],
        *,
        of: str = "icon",
        pictures: dict[str, Iterable[Picture]] | None = None,
        price: float = 0,
        tags: dict[str, list[str]] | None = None,
        **columns: Any,
    ) -> list[Item]:
        """Live icons or illustrations in *set_*, made in one statement and so at one moment."""
        with self.database.unit_of_work(SYSTEM) as work:
            rows = [
                {
                    "name": name,
                    "set_id": set_.id,
                    "family_id": set_.family_id,
                    "user_id": set_.user_id,
                    "license_id": _license(work, "premium" if price else "mit"),
                    "style_id": set_.style_id,
                    "price": Decimal(str(price)),
                    "width": 24,
                    "height": 24,
                    "palette": ["#1b1a17"],
                    "tag_names": (tags or {}).get(name, []),
                    "svg_key": f"svg/{hashlib.sha256(name.encode()).hexdigest()}.svg",
                    **columns,
                }
                for name in names
            ]
            made: list[Item] = list(REPOSITORIES[of](work.session).create_many(rows))
            for item in made:
                shown = (pictures or {}).get(item.name) or invented_pictures(item.name, premium=bool(price))
                _images(work, of, item.id, item.name, shown)
                _tags(work, of, item)
            return made

    def upload(self, by: str = "ada", *, filename: str = "icons.zip", **columns: Any) -> UploadBatch:
        """An upload of *by*, waiting for its ZIP unless *columns* say otherwise."""
        user = self.contributor(by)
        batch_id = ids.uuid7()
        with self.database.unit_of_work(SYSTEM) as work:
            return UploadBatchRepository(work.session).create(
                {
                    "id": batch_id,
                    "contributor_id": user.id,
                    "object_key": archive_key(user.uuid, batch_id),
                    "filename": filename,
                    **columns,
                }
            )

    def entries(self, batch: UploadBatch, filenames: Sequence[str]) -> None:
        """The files of *batch* as intake leaves them: queued."""
        with self.database.unit_of_work(SYSTEM) as work:
            UploadItemRepository(work.session).create_many(
                {"batch_id": batch.id, "entry_no": number, "filename": name, "name": name}
                for number, name in enumerate(filenames, 1)
            )
            UploadBatchRepository(work.session).update(
                batch.id, {"state": BatchState.PROCESSING, "item_count": len(filenames)}
            )

    def draw(self, batch: UploadBatch) -> None:
        """Workers have taken all files of *batch*."""
        with self.database.unit_of_work(SYSTEM) as work:
            UploadItemRepository(work.session).update_where(
                {"batch_id": batch.id}, {"state": ItemState.RENDERING}
            )

    def settle(self, batch: UploadBatch, entry_no: int, *, item: Item | None = None, **reason: str) -> None:
        """The file *entry_no* became *item*, or was rejected for *reason* (code, detail, hint)."""
        became = {"entity_type": type(item).__name__.lower(), "entity_id": item.id} if item else {}
        state = ItemState.READY if item else ItemState.REJECTED
        why = {f"reason_{name}": words for name, words in reason.items()}
        with self.database.unit_of_work(SYSTEM) as work:
            where = {"batch_id": batch.id, "entry_no": entry_no}
            UploadItemRepository(work.session).update_where(where, {"state": state, **became, **why})
            counted = "ready_count" if item else "rejected_count"
            row = UploadBatchRepository.row
            UploadBatchRepository(work.session).update(batch.id, {counted: getattr(row, counted) + 1})

    def change(self, batch: UploadBatch, **columns: Any) -> None:
        """Move *batch* on."""
        with self.database.unit_of_work(SYSTEM) as work:
            UploadBatchRepository(work.session).update(batch.id, columns)

    def age(self, table: str, row_id: int, moment: datetime) -> None:
        """Say that a row was made at *moment*."""
        with self.database.unit_of_work(SYSTEM) as work:
            statement = text(f"update {table} set created_at = :moment where id = :id")  # noqa: S608 - a test's own words
            work.session.execute(statement, {"moment": moment, "id": row_id})


def _license(work: UnitOfWork, value: str) -> int:
    found = LicenseRepository(work.session).find_one({"value": value})
    assert found
    return found.id


def _tags(work: UnitOfWork, of: str, item: Item) -> None:
    words = TagRepository(work.session).get_or_create(item.tag_names)
    EntityToTagRepository(work.session).link(of, item.id, [word.id for word in words])


def _images(
    work: UnitOfWork, entity_type: str, entity_id: int, name: str, pictures: Iterable[Picture]
) -> list[Image]:
    return ImageRepository(work.session).create_many(
        {
            "entity_type": entity_type,
            "entity_id": entity_id,
            "kind": picture.kind,
            "format": picture.format,
            "visibility": "public",
            "access": "all",
            "name": name,
            "object_key": picture.key,
            "image_hash": "0" * 64,
            "size_bytes": 1,
            "width": picture.size,
            "height": picture.size,
        }
        for picture in pictures
    )
