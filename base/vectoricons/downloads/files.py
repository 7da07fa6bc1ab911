"""Files: which objects a product is, and what they are called on the disk of who downloads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from vectoricons.downloads.entitlement import OPENS, Grant, Product
from vectoricons.images import Format
from vectoricons.products.offers import OfferType

_SLUG = "trim(both '-' from regexp_replace(lower(item.name), '[^a-z0-9]+', '-', 'g'))"
_DRAWING = f"""
    select item.svg_key as key, {_SLUG} as slug, item.unique_id, item.id
    from {{table}} item where item.svg_key is not null and {{which}}
"""  # noqa: S608  (filled with the constants below)
_PICTURE = f"""
    select image.object_key as key, {_SLUG} as slug, item.unique_id, item.id
    from {{table}} item
        join images image on image.entity_type = '{{kind}}' and image.entity_id = item.id
    where image.kind = 'preview' and image.format = :format and image.is_live
      and image.access = any(:opened) and {{which}}
"""  # noqa: S608
_KINDS = {"icon": "icons", "illustration": "illustrations"}


@dataclass(frozen=True, slots=True)
class File:
    """A private object and a name for it."""

    key: str
    name: str


def of(session: Session, product: Product, grant: Grant, wanted: Format) -> list[File]:
    """The files a right to a product gives: one for an item, one for each live item of a collection."""
    statement = _FILES[product.entity_type, wanted is Format.SVG]
    opened = [access.value for access in OPENS[grant]]
    rows = session.execute(statement, {"id": product.id, "format": wanted, "opened": opened})
    return [File(row.key, f"{row.slug or row.unique_id}.{wanted}") for row in rows]


def _statement(kind: OfferType, pattern: str) -> TextClause:
    if kind in _KINDS:
        return text(pattern.format(table=_KINDS[kind], kind=kind, which="item.id = :id"))
    which = f"item.{kind}_id = :id and item.is_live"
    parts = [pattern.format(table=table, kind=item, which=which) for item, table in _KINDS.items()]
    return text(f"{' union all '.join(parts)} order by id")


_FILES: Mapping[tuple[OfferType, bool], TextClause] = {
    (kind, is_drawing): _statement(kind, _DRAWING if is_drawing else _PICTURE)
    for kind in (OfferType.ICON, OfferType.ILLUSTRATION, OfferType.SET, OfferType.FAMILY)
    for is_drawing in (True, False)
}
