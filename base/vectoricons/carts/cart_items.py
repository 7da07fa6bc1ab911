"""Cart items: the lines of a cart. A thing is in a cart once; there is no quantity of a licence."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.mixins.service import SWITCHES, WRITES, AccessControlled, Activatable, Observable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasEntity, HasIsActive, HasTimestamps, Row, one_of
from vectoricons.products.offers import OfferKey, OfferType


class CartItemRow(Row, HasEntity, HasIsActive, HasTimestamps):
    """A line that is not active is of something no longer on sale: it is shown, and costs nothing."""

    __tablename__ = "cart_items"
    __table_args__ = (
        UniqueConstraint("cart_id", "entity_type", "entity_id"),
        one_of("entity_type", OfferType),
        CheckConstraint("price >= 0", name="price"),
    )

    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="cascade"))
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))


class CartItem(Timestamped):
    """A line: what, and what it cost when the cart was last worked out."""

    id: int
    cart_id: int
    entity_type: OfferType
    entity_id: int
    price: Money
    is_active: bool

    @property
    def key(self) -> OfferKey:
        """What the line is of."""
        return self.entity_type, self.entity_id


class CartItemRepository(Repository[CartItemRow, CartItem]):
    """Cart items."""

    unique_key = ("cart_id", "entity_type", "entity_id")


class CartItemService(Observable[CartItem], AccessControlled[CartItem], Activatable[CartItem]):
    """Cart items for administrators to look at; buyers have them with their cart, which alone writes them."""

    repository: CartItemRepository
    public = False
    policies = dict.fromkeys((*WRITES, *SWITCHES), nobody)
