"""Options: what is remembered of one entity under a key, as text. A key of an entity has one value."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasEntity, HasTimestamps, Row


class OptionRow(Row, HasEntity, HasTimestamps):
    __tablename__ = "options"
    __table_args__ = (UniqueConstraint("entity_type", "entity_id", "key"),)

    key: Mapped[str] = mapped_column(String(255))
    value: Mapped[str] = mapped_column(Text)


class Option(Timestamped):
    """One thing remembered of an entity."""

    id: int
    entity_type: str
    entity_id: int
    key: str
    value: str


class OptionRepository(Repository[OptionRow, Option]):
    """Options."""

    unique_key = ("entity_type", "entity_id", "key")


class OptionService(Observable[Option], Pluggable[Option], AccessControlled[Option]):
    """Options: our own processes and administrators keep them."""

    repository: OptionRepository
    public: ClassVar = False

    def get_for(self, entity_type: str, entity_id: int) -> dict[str, str]:
        """All options of one entity, by key."""
        found = self.get_where({"entity_type": entity_type, "entity_id": entity_id})
        return {option.key: option.value for option in found}

    def get_value(self, entity_type: str, entity_id: int, key: str) -> str | None:
        """The value of one option, or None."""
        found = self.get_one({"entity_type": entity_type, "entity_id": entity_id, "key": key})
        return found.value if found else None

    def set_value(self, entity_type: str, entity_id: int, key: str, value: str) -> Option:
        """The option, made or changed."""
        return self.upsert({"entity_type": entity_type, "entity_id": entity_id, "key": key, "value": value})
