"""Which entity has which tags."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.junction import JunctionRepository, JunctionService
from vectoricons.common.row import HasEntity, HasTimestamps, Row, related
from vectoricons.products.tags import Tag, TagRow


class EntityToTagRow(Row, HasEntity, HasTimestamps):
    __tablename__ = "entity_to_tags"
    __table_args__ = (
        UniqueConstraint("entity_type", "entity_id", "tag_id"),
        Index("ix_entity_to_tags_tag_id", "tag_id", "entity_type", "entity_id"),
    )

    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="cascade"))

    tag: Mapped[TagRow] = related()


class EntityToTag(Timestamped):
    """That an entity has a tag."""

    id: int
    entity_type: str
    entity_id: int
    tag_id: int
    tag: Tag | None = None


class EntityToTagRepository(JunctionRepository[EntityToTagRow, EntityToTag]):
    """Tags of entities."""

    graphs: ClassVar = {"default": ("tag",)}
    linked = "tag_id"


class EntityToTagService(JunctionService[EntityToTag]):
    """Tags of entities."""

    repository: EntityToTagRepository
