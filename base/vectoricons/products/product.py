"""What everything for sale has: a name, a public id, a price, a licence, an owner, pictures and tags."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, TypeVar

from sqlalchemy import ForeignKey, Numeric, String, and_, text
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column

from vectoricons.common.access_control import own_contribution
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.mixins.service import Activatable, Addressable, Managed, SoftDeletable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasIsLive, HasPublicId, HasTimestamps, Row, related
from vectoricons.images import HasImages, Image
from vectoricons.licenses import DEFAULT_LICENSE_ID, License, LicenseRow
from vectoricons.products.entity_to_tags import EntityToTagRow
from vectoricons.products.tags import Tag, TagRow
from vectoricons.users import Contributor, UserRow


class ProductRow(Row, HasPublicId, HasImages, HasIsLive, HasTimestamps):
    """A table of things for sale, owned by ``user_id``. Price 0 is free, None is not sold on its own."""

    __abstract__ = True

    name: Mapped[str] = mapped_column(String(255))
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    license_id: Mapped[int] = mapped_column(
        ForeignKey("licenses.id"), server_default=text(str(DEFAULT_LICENSE_ID))
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

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
    is_active: bool
    is_deleted: bool
    license: License | None = None
    owner: Contributor | None = None
    images: tuple[Image, ...] = ()
    tags: tuple[Tag, ...] = ()


R = TypeVar("R", bound=ProductRow)
P = TypeVar("P", bound=Product)


class ProductRepository(Repository[R, P]):
    """Things for sale."""

    def find_by_unique_id(self, unique_id: str) -> P | None:
        """The one with this public id, or None."""
        return self.find_one({"unique_id": unique_id})

    def find_active(self) -> list[P]:
        """Those the public sees."""
        return self.find_all({"is_live": True})


class ProductService(Managed[P], SoftDeletable[P], Activatable[P], Addressable[P]):
    """Things for sale: anybody reads the live ones, contributors write their own."""

    policies: ClassVar = dict.fromkeys(
        (
            "create",
            "update",
            "upsert",
            "delete",
            "soft-delete",
            "restore",
            "activate",
            "deactivate",
            "toggle-active",
        ),
        own_contribution,
    )
