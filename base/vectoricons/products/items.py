"""Items: what icons and illustrations have in common, which is everything but the name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
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
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from vectoricons.common.access_control import own_contribution
from vectoricons.common.errors import Conflict, Invalid
from vectoricons.common.operation import Write
from vectoricons.common.repository import Data, Key
from vectoricons.common.row import related
from vectoricons.products.catalogue_cards import TIERS
from vectoricons.products.entity_to_tags import EntityToTagRepository
from vectoricons.products.offers import FREE, ITEM_PRICES, OfferType
from vectoricons.products.product import COUNTERS, Product, ProductRepository, ProductRow, ProductService
from vectoricons.products.product_types import ProductTypeId
from vectoricons.products.sets import Set, SetRepository, SetRow
from vectoricons.products.styles import Style, StyleRow
from vectoricons.products.tags import TagRepository

SEARCH = "catalogue_search(name, tag_names)"


class ItemRow(ProductRow):
    """A table of single assets.

    ``tag_names`` repeats the tags' names for search and facets; ``source_*`` is the upload entry it was made
    from, so that making it twice changes nothing; ``palette`` lists its colours as ``#rrggbb``; sizes are in
    SVG units; ``perceptual_hash`` is nearly the same for drawings that look alike: 64 bits in hex.
    """

    __abstract__ = True

    set_id: Mapped[int] = mapped_column(BigInteger)
    family_id: Mapped[int] = mapped_column(BigInteger)
    style_id: Mapped[int | None] = mapped_column(ForeignKey("styles.id"))
    width: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    height: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    palette: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    tag_names: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    svg_key: Mapped[str | None] = mapped_column(String(255))
    perceptual_hash: Mapped[str | None] = mapped_column(String(16))
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
            CheckConstraint("price >= 0", name="price"),
            CheckConstraint("perceptual_hash ~ '^[0-9a-f]{16}$'", name="perceptual_hash"),
            Index(f"ix_{table}_newest", *newest, postgresql_where=live),
            Index(f"ix_{table}_popular", text("popularity desc"), text("id desc"), postgresql_where=live),
            Index(f"ix_{table}_family_newest", "family_id", *newest, postgresql_where=live),
            Index(f"ix_{table}_set_newest", "set_id", *newest, postgresql_where=live),
            Index(f"ix_{table}_user_newest", "user_id", *newest),
            Index(f"ix_{table}_style_newest", "style_id", *newest, postgresql_where=live),
            Index(f"ix_{table}_svg_key", "svg_key"),
            Index(
                f"ix_{table}_perceptual_hash",
                "perceptual_hash",
                "id",
                postgresql_where=text("is_live and perceptual_hash is not null"),
            ),
            Index(f"ix_{table}_search", "search", "style_id", postgresql_using="gin", postgresql_where=live),
            *(
                Index(
                    f"ix_{table}_search_{tier}",
                    "search",
                    "style_id",
                    postgresql_using="gin",
                    postgresql_where=text(f"is_live and popularity >= {least}"),
                )
                for tier, least in TIERS.items()
            ),
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
    palette: tuple[str, ...]
    tag_names: tuple[str, ...]
    svg_key: str | None
    perceptual_hash: str | None
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

    def update(self, id: Key, patch: Data) -> A | None:
        """The entity after *patch*, or None if there is none."""
        self._hold_sets(id, self.values(patch).get("set_id"))
        return super().update(id, patch)

    def delete(self, id: Key) -> int:
        """How many rows are gone for good: one or none."""
        self._hold_sets(id)
        return super().delete(id)

    def _hold_sets(self, id: Key, other: int | None = None) -> None:
        """Let other writers of the item's set wait: sets are held before items, as an upload does it."""
        own = select(self.row.set_id).where(self.row.id == id).scalar_subquery()
        held = select(SetRow.id).where(or_(SetRow.id == own, SetRow.id == other)).order_by(SetRow.id)
        self._session.execute(held.with_for_update(key_share=True))


class ItemService(ProductService[A]):
    """Single assets."""

    repository: ItemRepository[Any, A]
    policies: ClassVar = {**ProductService.policies, "move": own_contribution, "retag": own_contribution}
    guarded: ClassVar = COUNTERS | {"svg_key", "perceptual_hash", "source_batch_id", "source_entry_no"}

    def get_by_set_id(self, set_id: int) -> list[A]:
        """The items of a set that are not deleted, switched off ones included."""
        return self.get_where({"set_id": set_id, "is_deleted": False})

    def draft(self, data: Mapping[str, Any]) -> A:
        """A new item of the set ``set_id``, its owner's and drawn as the set is, under its licence unless
        another is named. Uploads bring drawings; without one an item is not switched on."""
        home, kind = SetRepository(self.work.session).find_by_id(data["set_id"]), self._sold_as
        if home is None or home.is_deleted:
            raise Invalid(f"There is no such set to put an {kind} into.")
        if home.product_type_id != ProductTypeId[kind.name]:
            raise Invalid(f"{home.name} holds another product type than {kind}s.")
        license_id = data.get("license_id", home.license_id)
        above = {"family_id": home.family_id, "user_id": home.user_id, "style_id": home.style_id}
        price = self._usual_price(license_id, ITEM_PRICES[kind])
        return super().draft({"price": price, **data, **above, "license_id": license_id})

    def revise(self, id: Key, patch: Mapping[str, Any]) -> A:
        """As of everything for sale; ``set_id`` moves it, ``tag_names`` are its tags."""
        if patch.get("is_active") and self.assert_exists(id).svg_key is None:
            raise Conflict("It has no drawing yet, so there is nothing to show. Uploads bring drawings.")
        if "set_id" in patch:
            self.move(id, patch["set_id"])
        if "tag_names" in patch:
            self.retag(id, *patch["tag_names"])
        return super().revise(id, {name: patch[name] for name in patch.keys() - {"set_id", "tag_names"}})

    def _require_fair(self, product: A) -> None:
        super()._require_fair(product)
        if product.price not in {None, FREE, ITEM_PRICES[self._sold_as]}:
            raise Invalid(f'"price" of an {self._sold_as} is {ITEM_PRICES[self._sold_as]}.00, or 0, or null.')

    @property
    def _sold_as(self) -> OfferType:
        return OfferType(self.repository.row.pictured_as)

    def move(self, id: Key, set_id: int) -> A:
        """Put it into another set of its owner's, of the same product type. Raises NotFound, Invalid."""
        item, sets = self.assert_exists(id), SetRepository(self.work.session)
        here, there = sets.find_by_id(item.set_id), sets.find_by_id(set_id)
        if here is None or there is None or there.is_deleted or there.user_id != item.user_id:
            raise Invalid("There is no such set of this contributor's to move it to.")
        if there.id == here.id:
            raise Invalid(f"It is in {here.name} already.")
        if there.product_type_id != here.product_type_id:
            raise Invalid(f"{there.name} holds another product type than {here.name}.")
        return self._change("move", id, {"set_id": there.id, "family_id": there.family_id})

    def retag(self, id: Key, *names: str) -> A:
        """Give it exactly these tags, new words among them. Raises NotFound."""
        wanted = sorted({" ".join(name.lower().split()) for name in names} - {""})
        links, tags = EntityToTagRepository(self.work.session), TagRepository(self.work.session)

        def write() -> A:
            changed = self._there(self.repository.update(id, {"tag_names": wanted}))
            kind = self.repository.row.pictured_as
            links.replace(kind, changed.id, [tag.id for tag in tags.get_or_create(wanted)])
            return changed

        return self._perform(Write(name="retag", id=id, items=({"tag_names": wanted},)), write)
