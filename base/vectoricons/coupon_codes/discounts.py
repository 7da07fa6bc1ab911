"""Discounts: what a coupon took off what, as a tree: the whole, and below it each line's part to the cent.

These rows are what a cart's discount is; a cart that is worked out anew has new ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasEntity, HasTimestamps, Row, one_of


class Discounted(StrEnum):
    """What a discount can be on."""

    CART = "cart"
    CART_ITEM = "cart_item"
    TRANSACTION = "transaction"
    TRANSACTION_ITEM = "transaction_item"


class DiscountRow(Row, HasEntity, HasTimestamps):
    __tablename__ = "discounts_to_entities"
    __table_args__ = (
        UniqueConstraint("entity_type", "entity_id", "coupon_code_id"),
        one_of("entity_type", Discounted),
        CheckConstraint(
            "discount_amount >= 0 and discounted_price >= 0"
            " and original_price = discounted_price + discount_amount",
            name="amounts",
        ),
    )

    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("discounts_to_entities.id", ondelete="cascade"), index=True
    )
    coupon_code_id: Mapped[int] = mapped_column(ForeignKey("coupon_codes.id"), index=True)
    original_price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    discounted_price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    discount_amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    discount_type: Mapped[str] = mapped_column(String(16))


class Discount(Timestamped):
    """What one coupon took off one thing; ``parent_id`` is the discount it is a part of."""

    id: int
    parent_id: int | None
    entity_type: Discounted
    entity_id: int
    coupon_code_id: int
    original_price: Money
    discounted_price: Money
    discount_amount: Money
    discount_type: str


class DiscountRepository(Repository[DiscountRow, Discount]):
    """Discounts."""

    unique_key = ("entity_type", "entity_id", "coupon_code_id")

    def find_by_entities(self, entity_type: Discounted, entity_ids: Iterable[int]) -> list[Discount]:
        """The discounts on several things of a kind."""
        return self.find_all({"entity_type": entity_type, "entity_id": list(entity_ids)})

    def remove(self, entity_type: Discounted, entity_id: int) -> int:
        """Take the discount off the whole, and so off its parts."""
        return self.delete_where({"entity_type": entity_type, "entity_id": entity_id})


class DiscountService(Observable[Discount], AccessControlled[Discount]):
    """Discounts: pricing makes them, administrators see them; a buyer sees them in cart and order."""

    repository: DiscountRepository
    public = False
    policies = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)

    def get_tree(self, entity_type: Discounted, entity_id: int) -> list[Discount]:
        """The discount on the whole, then those on its parts."""
        whole = self.get_where({"entity_type": entity_type, "entity_id": entity_id})
        return [*whole, *self.get_where({"parent_id": [discount.id for discount in whole]})]
