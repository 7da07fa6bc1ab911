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

    def find_categories(self, entity_type: str, entity_id: int) -> list[Category]:
        """The categories of one entity, by name."""
        links = self.with_relations({"entity_type": entity_type, "entity_id": entity_id})
        found = [link.category for link in links if link.category is not None]
        return sorted(found, key=lambda category: (category.name, category.id))


class EntityToCategoryService(JunctionService[EntityToCategory]):
    """Categories of entities."""

    repository: EntityToCategoryRepository

    def get_by_category(self, category_id: int) -> list[EntityToCategory]:
        """What is on a shelf; refuses when that is more than a thousand."""
        return self.get_by_linked(category_id)

    def get_categories(self, entity_type: str, entity_id: int) -> list[Category]:
        """The categories of one entity, by name."""
        return self._read(
            "get_categories",
            lambda: self.repository.find_categories(entity_type, entity_id),
            entity_type=entity_type,
            entity_id=entity_id,
        )
