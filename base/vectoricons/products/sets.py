"""Sets: items of one product type in one style."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.errors import Invalid
from vectoricons.common.row import related
from vectoricons.config.enums import EntityType
from vectoricons.products.families import Family, FamilyRepository, FamilyRow
from vectoricons.products.product import (
    COUNTERS,
    Product,
    ProductRepository,
    ProductRow,
    ProductService,
    collection_indexes,
    searched_by_name,
)
from vectoricons.products.product_types import ProductType, ProductTypeRow
from vectoricons.products.styles import Style, StyleRow


class SetRow(ProductRow):
    __tablename__ = "sets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["family_id", "user_id"], ["families.id", "families.user_id"], onupdate="cascade"
        ),
        UniqueConstraint("id", "family_id", "user_id"),  # items refer to it, and so agree with their set
        Index(
            "uq_sets_family_id_name",
            "family_id",
            "name",
            unique=True,
            postgresql_where=text("not is_deleted"),
        ),
        Index("ix_sets_user_id", "user_id"),
        CheckConstraint("price >= 0", name="price"),
        *collection_indexes("sets"),
    )
    pictured_as = EntityType.SET

    family_id: Mapped[int] = mapped_column(BigInteger, index=True)
    product_type_id: Mapped[int] = mapped_column(ForeignKey("product_types.id"))
    style_id: Mapped[int | None] = mapped_column(ForeignKey("styles.id"))
    description: Mapped[str | None] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    item_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    search: Mapped[str] = searched_by_name()

    family: Mapped[FamilyRow] = related()
    product_type: Mapped[ProductTypeRow] = related()
    style: Mapped[StyleRow | None] = related()


class Set(Product):
    """Items of one type in one style."""

    family_id: int
    product_type_id: int
    style_id: int | None
    description: str | None
    sort: int
    item_count: int
    family: Family | None = None
    product_type: ProductType | None = None
    style: Style | None = None


class SetRepository(ProductRepository[SetRow, Set]):
    """Sets."""

    graphs: ClassVar = {
        "default": ("product_type", "style", "license"),
        "full": ("family", "product_type", "style", "license", "owner", "images", "tags"),
    }
    unique_key = ("family_id", "name")

    def find_by_family_id(self, family_id: int) -> list[Set]:
        """The live sets of a family."""
        return self.find_all({"family_id": family_id, "is_live": True})


class SetService(ProductService[Set]):
    """Sets."""

    repository: SetRepository
    guarded: ClassVar = COUNTERS | {"item_count"}

    def draft(self, data: Mapping[str, Any]) -> Set:
        """A new set of the family ``family_id``, its owner's, under its licence unless another is named."""
        family = FamilyRepository(self.work.session).find_by_id(data["family_id"])
        if family is None or family.is_deleted:
            raise Invalid("There is no such family to put a set into.")
        license_id = data.get("license_id", family.license_id)
        price = self._usual_price(license_id, None)
        return super().draft({"price": price, **data, "license_id": license_id, "user_id": family.user_id})

    def get_by_family_id(self, family_id: int) -> list[Set]:
        """The live sets of a family."""
        return self.get_where({"family_id": family_id, "is_live": True})
