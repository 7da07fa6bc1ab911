"""Drawings: the SVG files behind items, each under the key of its contents, and the pictures made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from vectoricons.images import Access, ImageRepository, Visibility
from vectoricons.uploads.settlement import Picture

PAGE = 1000

_KEYS = text("""
    select svg_key
    from (
        (select distinct svg_key from icons
         where svg_key > :after and not is_deleted order by svg_key limit :limit)
        union
        (select distinct svg_key from illustrations
         where svg_key > :after and not is_deleted order by svg_key limit :limit)
    ) drawing
    order by svg_key
    limit :limit
""")
_OWNERS = text("""
    select 'icon' entity_type, id, name, svg_key, coalesce(price, 0) > 0 is_sold
    from icons where svg_key = any(:keys) and not is_deleted
    union all
    select 'illustration', id, name, svg_key, coalesce(price, 0) > 0
    from illustrations where svg_key = any(:keys) and not is_deleted
    order by entity_type, id
""")


@dataclass(frozen=True, slots=True)
class Owner:
    """An item with a drawing. What *is_sold* shows its clean preview to nobody."""

    entity_type: str
    id: int
    name: str
    svg_key: str
    is_sold: bool

    def shows(self, kind: str) -> bool:
        """Whether everybody may see its picture of this *kind*."""
        return kind != "preview" or not self.is_sold


def keys(db: Connection) -> Iterator[list[str]]:
    """The keys of all drawings of items that are not deleted, some at a time, each once."""
    after = ""
    while page := list(db.scalars(_KEYS, {"after": after, "limit": PAGE})):
        yield page
        after = page[-1]


def owners(db: Connection | Session, svg_keys: Sequence[str]) -> list[Owner]:
    """The items with these drawings."""
    return [Owner(**row) for row in db.execute(_OWNERS, {"keys": list(svg_keys)}).mappings()]


def hang(session: Session, pictures: Mapping[str, Sequence[Picture]]) -> int:
    """Let every item show the *pictures* made of its drawing, by key; how many rows that wrote.

    Picture and item must agree on who may see it: an item whose price changed meanwhile keeps what it has.
    """
    rows = [
        _image(owner, picture)
        for owner in owners(session, list(pictures))
        for picture in pictures[owner.svg_key]
        if picture.public == owner.shows(picture.kind)
    ]
    return len(ImageRepository(session).upsert_many(rows))


def _image(owner: Owner, picture: Picture) -> dict[str, object]:
    return {
        "entity_type": owner.entity_type,
        "entity_id": owner.id,
        "kind": picture.kind,
        "format": picture.format,
        "visibility": Visibility.PUBLIC if picture.public else Visibility.PRIVATE,
        "access": Access.ALL if picture.public else Access.PURCHASER,
        "name": owner.name,
        "object_key": picture.object_key,
        "image_hash": picture.sha256,
        "size_bytes": picture.size_bytes,
        "width": picture.width,
        "height": picture.height,
    }
