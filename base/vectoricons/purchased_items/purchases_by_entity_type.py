"""Purchases by entity type: how often each contributor's work was sold. Completed orders, less refunds."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Entity
from vectoricons.common.views import View, ViewRepository, ViewService
from vectoricons.products.offers import OfferType


class PurchasesByEntityTypeView(View):
    __tablename__ = "purchases_by_entity_type"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entity_type: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    purchase_count: Mapped[int] = mapped_column(BigInteger)


class PurchasesByEntityType(Entity):
    """Sales of one thing by one contributor; ``id`` is that of the first order line."""

    id: int
    entity_type: OfferType
    entity_id: int
    user_id: int
    purchase_count: int


class PurchasesByEntityTypeRepository(ViewRepository[PurchasesByEntityTypeView, PurchasesByEntityType]):
    """Sales of contributors' works."""


class PurchasesByEntityTypeService(ViewService[PurchasesByEntityType]):
    """Sales of contributors' works: contributors see their own."""

    repository: PurchasesByEntityTypeRepository

    def get_by_entity_type(self, user_id: int, entity_type: str) -> list[PurchasesByEntityType]:
        """What the contributor sold of one kind."""
        return self.get_where({"user_id": user_id, "entity_type": entity_type})
