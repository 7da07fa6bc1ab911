"""Families: collections of sets, and what a contributor's upload becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.row import related
from vectoricons.config.enums import EntityType
from vectoricons.images import Image, ImageRow
from vectoricons.licenses import DEFAULT_LICENSE_ID, LicenseService, LicenseType
from vectoricons.products.product import (
    COUNTERS,
    Product,
    ProductRepository,
    ProductRow,
    ProductService,
    collection_indexes,
    searched_by_name,
)


class FamilyRow(ProductRow):
    __tablename__ = "families"
    __table_args__ = (
        UniqueConstraint("id", "user_id"),  # what sets refer to, so that their owner is always the family's
        Index(
            "uq_families_user_id_name",
            "user_id",
            "name",
            unique=True,
            postgresql_where=text("not is_deleted"),
        ),
        Index(
            "ix_families_name_trigrams",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
        CheckConstraint("price >= 0", name="price"),
        *collection_indexes("families"),
    )
    pictured_as = EntityType.FAMILY

    description: Mapped[str | None] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    icon_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    illustration_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    set_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    preview_image_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("images.id", ondelete="set null")
    )
    search: Mapped[str] = searched_by_name()

    preview: Mapped[ImageRow | None] = related(foreign_keys=[preview_image_id])


class Family(Product):
    """A collection of sets; its counters say how many live items and sets it has."""

    description: str | None
    sort: int
    icon_count: int
    illustration_count: int
    set_count: int
    preview_image_id: int | None
    preview: Image | None = None


class FamilyRepository(ProductRepository[FamilyRow, Family]):
    """Families."""

    graphs: ClassVar = {
        "default": ("preview", "license"),
        "full": ("preview", "license", "owner", "images", "tags"),
    }
    unique_key = ("user_id", "name")


class FamilyService(ProductService[Family]):
    """Families."""

    repository: FamilyRepository
    guarded: ClassVar = COUNTERS | {"icon_count", "illustration_count", "set_count", "preview_image_id"}

    def draft(self, data: Mapping[str, Any]) -> Family:
        """A new family. Without a licence it is given away, unless a price stands there."""
        implied = LicenseType.PREMIUM if data.get("price") else LicenseType.FREE
        license_ = LicenseService(self.work).get_by_value(implied)
        license_id = data.get("license_id", license_.id if license_ else DEFAULT_LICENSE_ID)
        return super().draft({"price": self._usual_price(license_id, None), **data, "license_id": license_id})
