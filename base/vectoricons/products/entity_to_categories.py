"""Which entity has which categories."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.junction import JunctionRepository, JunctionService
from vectoricons.common.row import HasEntity, HasTimestamps, Row, related
from vectoricons.products.categories import Category, CategoryRow


class EntityToCategoryRow(Row, HasEntity, HasTimestamps):
    __tablename__ = "entity_to_categories"
    __table_args__ = (
        UniqueConstraint("entity_type", "entity_id", "category_id"),
        Index("ix_entity_to_categories_category_id", "category_id", "entity_type", "entity_id"),
    )

    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id", ondelete="cascade"))

    category: Mapped[CategoryRow] = related()


class EntityToCategory(Timestamped):
    """That an entity has a category."""

    id: int
    entity_type: str
    entity_id: int
    category_id: int
    category: Category | None = None


class EntityToCategoryRepository(JunctionRepository[EntityToCategoryRow, EntityToCategory]):
    """Categories of entities."""

    graphs: ClassVar = {"default": ("category",)}
    linked = "category_id"


class EntityToCategoryService(JunctionService[EntityToCategory]):
    """Categories of entities."""

    repository: EntityToCategoryRepository
