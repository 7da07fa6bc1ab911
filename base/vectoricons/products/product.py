"""What everything for sale has: a name, a public id, a price, a licence, an owner, pictures and tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Computed, ForeignKey, Index, Integer, Numeric, String, and_, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column

from vectoricons.banned_words import refuse_banned
from vectoricons.common.access_control import own_contribution
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.errors import Invalid
from vectoricons.common.mixins.service import (
    REMOVALS,
    SWITCHES,
    WRITES,
    Activatable,
    Addressable,
    Managed,
    SoftDeletable,
)
from vectoricons.common.operation import Operation, Write
from vectoricons.common.repository import Key, Repository
from vectoricons.common.row import HasIsLive, HasPublicId, HasTimestamps, Row, related
from vectoricons.images import HasImages, Image
from vectoricons.licenses import DEFAULT_LICENSE_ID, License, LicenseRepository, LicenseRow, LicenseType
from vectoricons.products.catalogue_facets import CACHE
from vectoricons.products.entity_to_categories import EntityToCategoryRepository
from vectoricons.products.entity_to_tags import EntityToTagRow
from vectoricons.products.offers import FREE
from vectoricons.products.tags import Tag, TagRow
from vectoricons.users import Contributor, UserRow

COUNTERS = frozenset({"popularity", "like_count"})
READ_BY_ALL = {"name": "name", "description": "description", "tag_names": "list of tags"}
"""Columns that hold words for everybody, and what people call them."""


def collection_indexes(table: str) -> tuple[Index, ...]:
    """How families and sets are read: newest, most popular, by their words, and the few that are hidden."""
    live = text("is_live")
    return (
        Index(f"ix_{table}_newest", text("created_at desc"), text("id desc"), postgresql_where=live),
        Index(f"ix_{table}_popular", text("popularity desc"), text("id desc"), postgresql_where=live),
        Index(f"ix_{table}_search", "search", postgresql_using="gin", postgresql_where=live),
        Index(f"ix_{table}_hidden", "id", postgresql_where=text("not is_live")),
    )


def searched_by_name() -> Mapped[str]:
    """The words of a name, as the database keeps them."""
    words = Computed("catalogue_search(name, array[]::text[])", persisted=True)
    return mapped_column(TSVECTOR, words, deferred=True, sort_order=99)


class ProductRow(Row, HasPublicId, HasImages, HasIsLive, HasTimestamps):
    """A table of things for sale, owned by ``user_id``. Price 0 is free, None is not sold on its own.

    ``popularity`` counts sales and downloads, ``like_count`` favourites. Triggers keep them, and every other
    counter of the catalogue: whoever writes, and however, no reader counts.
    """

    __abstract__ = True

    name: Mapped[str] = mapped_column(String(255))
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    license_id: Mapped[int] = mapped_column(
        ForeignKey("licenses.id"), server_default=text(str(DEFAULT_LICENSE_ID))
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    popularity: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    like_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))

    @declared_attr
    @classmethod
    def license(cls) -> Mapped[LicenseRow]:
        """Its licence."""
        return related()

    @declared_attr
    @classmethod
    def owner(cls) -> Mapped[UserRow]:
        """The contributor it belongs to."""
        return related()

    @declared_attr
    @classmethod
    def tags(cls) -> Mapped[list[TagRow]]:
        """Its tags, by name."""
        return related(
            secondary=EntityToTagRow.__table__,
            primaryjoin=lambda: and_(
                cls.id == foreign(EntityToTagRow.entity_id), EntityToTagRow.entity_type == cls.pictured_as
            ),
            secondaryjoin=lambda: foreign(EntityToTagRow.tag_id) == TagRow.id,
            order_by=TagRow.name,
        )


class Product(Timestamped):
    """Something for sale."""

    id: int
    unique_id: str
    name: str
    price: Money | None
    license_id: int
    user_id: int
    popularity: int
    like_count: int
    is_active: bool
    is_deleted: bool
    license: License | None = None
    owner: Contributor | None = None
    images: tuple[Image, ...] = ()
    tags: tuple[Tag, ...] = ()


R = TypeVar("R", bound=ProductRow)
P = TypeVar("P", bound=Product)
T = TypeVar("T")


class ProductRepository(Repository[R, P]):
    """Things for sale."""

    def find_by_unique_id(self, unique_id: str) -> P | None:
        """The one with this public id, or None."""
        return self.find_one({"unique_id": unique_id})

    def find_active(self) -> list[P]:
        """Those the public sees."""
        return self.find_all({"is_live": True})

    def find_and_hold(self, id: Key) -> P | None:
        """The one with this key, or None; other writers of it wait for the end of the transaction."""
        return self._first(self.query({"id": id}).with_for_update(key_share=True))


class ProductService(Managed[P], SoftDeletable[P], Activatable[P], Addressable[P]):
    """Things for sale: anybody reads the live ones, contributors write their own."""

    repository: ProductRepository[Any, P]

    policies: ClassVar = dict.fromkeys(
        (
            *WRITES,
            *REMOVALS,
            *SWITCHES,
            "categorise",
        ),
        own_contribution,
    )

    def _perform(self, operation: Operation, body: Callable[[], T]) -> T:
        if isinstance(operation, Write) and CACHE not in self.work.changed:
            self.work.changed.add(CACHE)
            self.work.after_commit(lambda: self.work.cache.clear(CACHE))
        if isinstance(operation, Write):
            refuse_banned(self.work, operation.items, READ_BY_ALL)
        return super()._perform(operation, body)

    def draft(self, data: Mapping[str, Any]) -> P:
        """A new one, which nobody else sees before it is switched on. Raises Invalid for a price it cannot
        have."""
        made = self.create({**data, "is_active": False})
        self._require_fair(made)
        return made

    def revise(self, id: Key, patch: Mapping[str, Any]) -> P:
        """What *patch* says of it, each by its own operation: columns, whether it is put away or switched on,
        and its ``categories``. Raises NotFound, and Invalid for what does not go together."""
        columns = {name: patch[name] for name in patch.keys() - {"is_deleted", "is_active", "categories"}}
        if columns:
            self._require_fair(self.update(id, columns))
        if "is_deleted" in patch:
            move = self.soft_delete if patch["is_deleted"] else self.restore
            move(id)
        if "is_active" in patch:
            switch = self.activate if patch["is_active"] else self.deactivate
            switch(id)
        if "categories" in patch:
            self.categorise(id, *patch["categories"])
        return self.assert_exists(id)

    def _require_fair(self, product: P) -> None:
        """Raises Invalid for a price of what its licence gives away."""
        if product.price and self._license(product.license_id).type is LicenseType.FREE:
            raise Invalid(f'"price" is {product.price}, but the licence of {product.name} is a free one.')

    def _license(self, id: int) -> License:
        found = LicenseRepository(self.work.session).find_by_id(id)
        if found is None:
            raise Invalid("There is no such licence.")
        return found

    def _usual_price(self, license_id: int, price: Decimal | None) -> Decimal | None:
        """Nothing for what is given away, else *price*."""
        return FREE if self._license(license_id).type is LicenseType.FREE else price

    def categorise(self, id: Key, *category_ids: int) -> P:
        """Put it on exactly these shelves. Raises NotFound, and Invalid for a category there is not."""
        links = EntityToCategoryRepository(self.work.session)
        kind = self.repository.row.pictured_as

        def shelve() -> P:
            found = self._there(self.repository.find_and_hold(id))
            links.replace(kind, found.id, category_ids)
            return found

        operation = Write(name="categorise", id=id, items=({"categories": list(category_ids)},))
        return self._perform(operation, shelve)
