"""Favourites: what somebody likes. One row per person and thing, switched on and off."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import AccessControlled, Activatable, Observable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasEntity, HasIsActive, HasTimestamps, Row, one_of
from vectoricons.config.enums import EntityType


class FavoriteRow(Row, HasEntity, HasIsActive, HasTimestamps):
    __tablename__ = "favorites"
    __table_args__ = (
        UniqueConstraint("user_id", "entity_type", "entity_id"),
        one_of("entity_type", EntityType),
        Index("ix_favorites_entity_id", "entity_type", "entity_id", postgresql_where=text("is_active")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"))


class Favorite(Timestamped):
    """That somebody likes something, or liked it once."""

    id: int
    user_id: int
    entity_type: EntityType
    entity_id: int
    is_active: bool


class FavoriteRepository(Repository[FavoriteRow, Favorite]):
    """Favourites."""

    unique_key = ("user_id", "entity_type", "entity_id")

    def toggle(self, user_id: int, entity_type: EntityType, entity_id: int) -> Favorite:
        """The favourite, new or as it was not; each of two at once sees what the other made of it."""
        key = {"user_id": user_id, "entity_type": entity_type, "entity_id": entity_id}
        (toggled,) = self._written(
            insert(self.row)
            .values(key)
            .on_conflict_do_update(
                index_elements=self.unique_key,
                set_={"is_active": ~self.row.is_active, "updated_at": text("statement_timestamp()")},
            )
            .returning(self.row)
        )
        return toggled


class FavoriteService(Observable[Favorite], AccessControlled[Favorite], Activatable[Favorite]):
    """Favourites: everybody has their own, and sees how many like a thing."""

    repository: FavoriteRepository
    public = False

    def toggle(self, user_id: int, entity_type: EntityType, entity_id: int) -> Favorite:
        """Like it, or like it no longer."""
        key = {"user_id": user_id, "entity_type": entity_type, "entity_id": entity_id}
        return self._perform(
            Write(name="toggle", items=(key,)),
            lambda: self.repository.toggle(user_id, entity_type, entity_id),
        )

    def count_likes(self, entity_type: EntityType, entity_id: int) -> int:
        """How many like it, whoever asks."""
        pair = {"entity_type": entity_type, "entity_id": entity_id, "is_active": True}
        return self._read("count_likes", lambda: self.repository.count(pair))

    def clear(self, user_id: int) -> int:
        """Like nothing any more; how much that was."""
        whose = {"user_id": user_id}
        return self._perform(Write(name="clear", items=(whose,)), lambda: self.repository.delete_where(whose))

    def remove_all(self, entity_type: EntityType, entity_id: int) -> int:
        """Forget that anybody liked what is gone for good; how many did."""
        pair = {"entity_type": entity_type, "entity_id": entity_id}
        return self._perform(
            Write(name="remove-all", items=(pair,)), lambda: self.repository.delete_where(pair)
        )
