"""Tags: the words contributors give their items. A tag's name is unique."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import Conflict
from vectoricons.common.mixins.service import Activatable, Managed
from vectoricons.common.operation import Write
from vectoricons.common.repository import Key, Repository
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

    def locked(self, id: Key) -> Tag | None:
        """The tag, which nobody uses first until the transaction ends, or None."""
        return self._first(self.query({"id": id}).with_for_update())

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
    """Tags. Contributors may bring new words; the rest is the administrators'.

    Items repeat the names of their tags, to be found by them. So a tag in use is switched off, and neither
    deleted nor called by another name: Conflict.
    """

    repository: TagRepository
    guarded: ClassVar = frozenset({"use_count"})
    permissions: ClassVar = {"get-or-create": frozenset({Role.CONTRIBUTOR})}

    def get_or_create(self, names: Iterable[str]) -> list[Tag]:
        """Tags for *names*, creating what is missing; safe when two uploads bring the same word at once."""
        wanted = list(dict.fromkeys(names))
        operation = Write(name="get-or-create", items=tuple({"name": name} for name in wanted))
        return self._perform(operation, lambda: self.repository.get_or_create(wanted))

    def _change(self, name: str, id: Key, patch: Mapping[str, Any]) -> Tag:
        def changed() -> Tag:
            if "name" in patch:
                self._require_unused(id)
            return self._there(self.repository.update(id, patch))

        return self._perform(Write(name=name, id=id, items=(patch,)), changed)

    def _deleted(self, id: Key) -> int:
        self._require_unused(id)
        return super()._deleted(id)

    def _require_unused(self, id: Key) -> None:
        tag = self.repository.locked(id)
        if tag is not None and tag.use_count:
            items = "an item has it" if tag.use_count == 1 else f"{tag.use_count:,} items have it"
            raise Conflict(f'"{tag.name}" is in use: {items}. Switch it off, and it is suggested no more.')
