"""Tags: the words contributors give their items. A tag's name is unique."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import Activatable, Managed
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row
from vectoricons.config.enums import Role


class TagRow(Row, HasIsActive, HasTimestamps):
    __tablename__ = "tags"
    __table_args__ = (
        Index(
            "ix_tags_name_trigrams", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
        ),
        Index("ix_tags_name_beginning", "name", postgresql_ops={"name": "varchar_pattern_ops"}),
    )

    name: Mapped[str] = mapped_column(String(255), unique=True)
    use_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class Tag(Timestamped):
    """A word items are found by; ``use_count`` is of how many."""

    id: int
    name: str
    use_count: int
    is_active: bool


class TagRepository(Repository[TagRow, Tag]):
    """Tags."""

    unique_key = ("name",)

    def find_by_name(self, name: str) -> Tag | None:
        """The tag called *name*, or None."""
        return self.find_one({"name": name})

    def get_or_create(self, names: Iterable[str]) -> list[Tag]:
        """Tags for *names*, in their order. New words go in sorted, so that two uploads cannot deadlock."""
        wanted = list(dict.fromkeys(names))
        if not wanted:
            return []
        missing = insert(TagRow).values([{"name": name} for name in sorted(wanted)]).on_conflict_do_nothing()
        self._session.execute(missing)
        found = {tag.name: tag for tag in self.find_all({"name": wanted})}
        return [found[name] for name in wanted]


class TagService(Managed[Tag], Activatable[Tag]):
    """Tags. Contributors may bring new words; the rest is the administrators'."""

    repository: TagRepository
    guarded: ClassVar = frozenset({"use_count"})
    permissions: ClassVar = {"get-or-create": frozenset({Role.CONTRIBUTOR})}

    def get_or_create(self, names: Iterable[str]) -> list[Tag]:
        """Tags for *names*, creating what is missing; safe when two uploads bring the same word at once."""
        wanted = list(dict.fromkeys(names))
        operation = Write(name="get-or-create", items=tuple({"name": name} for name in wanted))
        return self._perform(operation, lambda: self.repository.get_or_create(wanted))
