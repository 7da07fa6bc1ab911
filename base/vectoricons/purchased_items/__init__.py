"""Purchased items: who owns what. Lines of completed orders, less what was refunded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Entity
from vectoricons.common.views import View, ViewRepository, ViewService
from vectoricons.products.offers import OfferType


class PurchasedItemView(View):
    __tablename__ = "purchased_items"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entity_type: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PurchasedItem(Entity):
    """That a buyer owns something; ``id`` is that of the order's line."""

    id: int
    entity_type: OfferType
    entity_id: int
    user_id: int
    order_id: int
    created_at: datetime


class PurchasedItemRepository(ViewRepository[PurchasedItemView, PurchasedItem]):
    """Purchased items."""


class PurchasedItemService(ViewService[PurchasedItem]):
    """Purchased items: buyers see their own."""

    repository: PurchasedItemRepository

    def owns(self, user_id: int, entity_type: str, entity_id: int) -> bool:
        """Whether this very thing was bought, and not what it is a part of."""
        return self.exists({"user_id": user_id, "entity_type": entity_type, "entity_id": entity_id})
