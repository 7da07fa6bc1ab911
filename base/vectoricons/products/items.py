"""Items: what icons and illustrations have in common, which is everything but the name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from vectoricons.common.row import related
from vectoricons.products.product import Product, ProductRepository, ProductRow, ProductService
from vectoricons.products.sets import Set, SetRow
from vectoricons.products.styles import Style, StyleRow

SEARCH = "catalogue_search(name, tag_names)"


class ItemRow(ProductRow):
    """A table of single assets.

    ``tag_names`` repeats the tags' names for search and facets; ``source_*`` is the upload entry it was made
    from, so that making it twice changes nothing; ``palette`` lists its colours as ``#rrggbb``; sizes are in
    SVG units.
    """

    __abstract__ = True

    set_id: Mapped[int] = mapped_column(BigInteger)
    family_id: Mapped[int] = mapped_column(BigInteger)
    style_id: Mapped[int | None] = mapped_column(ForeignKey("styles.id"))
    width: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    height: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    popularity: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    palette: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    tag_names: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    svg_key: Mapped[str | None] = mapped_column(String(255))
    source_batch_id: Mapped[UUID | None] = mapped_column(Uuid)
    source_entry_no: Mapped[int | None] = mapped_column(Integer)
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed(SEARCH, persisted=True), deferred=True, sort_order=99
    )

    @declared_attr
    @classmethod
    def set(cls) -> Mapped[SetRow]:
        """The set it is in."""
        return related()

    @declared_attr
    @classmethod
    def style(cls) -> Mapped[StyleRow | None]:
        """How it is drawn."""
        return related()

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[object, ...]:
        live = text("is_live")
        newest = (text("created_at desc"), text("id desc"))
        table = cls.__tablename__
        return (
            ForeignKeyConstraint(
                ["set_id", "family_id", "user_id"],
                ["sets.id", "sets.family_id", "sets.user_id"],
                onupdate="cascade",
            ),
            UniqueConstraint("source_batch_id", "source_entry_no"),
            Index(f"ix_{table}_newest", *newest, postgresql_where=live),
            Index(f"ix_{table}_popular", text("popularity desc"), text("id desc"), postgresql_where=live),
            Index(f"ix_{table}_family_newest", "family_id", *newest, postgresql_where=live),
            Index(f"ix_{table}_set_newest", "set_id", *newest, postgresql_where=live),
            Index(f"ix_{table}_user_newest", "user_id", *newest),
            Index(f"ix_{table}_svg_key", "svg_key"),
            Index(f"ix_{table}_search", "search", postgresql_using="gin", postgresql_where=live),
            Index(f"ix_{table}_tag_names", "tag_names", postgresql_using="gin", postgresql_where=live),
            Index(
                f"ix_{table}_name_trigrams",
                "name",
                postgresql_using="gin",
                postgresql_ops={"name": "gin_trgm_ops"},
            ),
        )


class Item(Product):
    """A single asset."""

    set_id: int
    family_id: int
    style_id: int | None
    width: Decimal | None
    height: Decimal | None
    popularity: int
    palette: tuple[str, ...]
    tag_names: tuple[str, ...]
    svg_key: str | None
    source_batch_id: UUID | None
    source_entry_no: int | None
    set: Set | None = None
    style: Style | None = None


R = TypeVar("R", bound=ItemRow)
A = TypeVar("A", bound=Item)


class ItemRepository(ProductRepository[R, A]):
    """Single assets."""

    graphs: ClassVar = {
        "default": ("images", "tags", "style"),
        "full": ("set.family", "style", "license", "owner", "images", "tags"),
    }
    unique_key = ("source_batch_id", "source_entry_no")

    def find_by_set_id(self, set_id: int) -> list[A]:
        """The items of a set that are not deleted, switched off ones included."""
        return self.find_all({"set_id": set_id, "is_deleted": False})


class ItemService(ProductService[A]):
    """Single assets."""

    repository: ItemRepository[Any, A]
    guarded: ClassVar = frozenset({"popularity", "svg_key", "source_batch_id", "source_entry_no"})

    def get_by_set_id(self, set_id: int) -> list[A]:
        """The items of a set that are not deleted, switched off ones included."""
        return self.get_where({"set_id": set_id, "is_deleted": False})
