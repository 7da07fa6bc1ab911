"""Junctions: which entity, of any kind, is linked to which row of one table (tags, categories)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from vectoricons.common.entity import Entity
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import Table

R = TypeVar("R", bound=Table)
E = TypeVar("E", bound=Entity)


class JunctionRepository(Repository[R, E]):
    """Links between entities and the rows ``linked`` (the foreign key's column) points at."""

    linked: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.unique_key = ("entity_type", "entity_id", cls.linked)

    def find_by_entity(self, entity_type: str, entity_id: int) -> list[E]:
        """The links of one entity."""
        return self.find_all({"entity_type": entity_type, "entity_id": entity_id})

    def find_by_linked(self, linked_id: int) -> list[E]:
        """The links to one row."""
        return self.find_all({self.linked: linked_id})

    def find_by_type(self, entity_type: str) -> list[E]:
        """The links of all entities of one kind."""
        return self.find_all({"entity_type": entity_type})

    def link(self, entity_type: str, entity_id: int, linked_ids: Iterable[int]) -> list[E]:
        """New links. Raises Duplicate when one is there already."""
        return self.create_many(self._pair(entity_type, entity_id, linked) for linked in linked_ids)

    def unlink(self, entity_type: str, entity_id: int, linked_ids: Sequence[int] | None = None) -> int:
        """How many links are gone: those to *linked_ids*, or all of the entity."""
        which = {} if linked_ids is None else {self.linked: linked_ids}
        return self.delete_where({"entity_type": entity_type, "entity_id": entity_id, **which})

    def replace(self, entity_type: str, entity_id: int, linked_ids: Iterable[int]) -> list[E]:
        """The entity's links, now exactly those to *linked_ids*."""
        wanted = list(dict.fromkeys(linked_ids))
        there = {getattr(link, self.linked) for link in self.find_by_entity(entity_type, entity_id)}
        self.unlink(entity_type, entity_id, sorted(there - set(wanted)))
        self.link(entity_type, entity_id, [linked for linked in wanted if linked not in there])
        return self.find_by_entity(entity_type, entity_id)

    def _pair(self, entity_type: str, entity_id: int, linked_id: int) -> dict[str, Any]:
        return {"entity_type": entity_type, "entity_id": entity_id, self.linked: linked_id}


class JunctionService(Observable[E], Pluggable[E], AccessControlled[E]):
    """Links as a service."""

    repository: JunctionRepository[Any, E]

    def get_by_entity(self, entity_type: str, entity_id: int) -> list[E]:
        """The links of one entity."""
        return self.get_where({"entity_type": entity_type, "entity_id": entity_id})

    def get_by_linked(self, linked_id: int) -> list[E]:
        """The links to one row; refuses when they are more than a thousand."""
        return self.get_where({self.repository.linked: linked_id})

    def get_by_type(self, entity_type: str) -> list[E]:
        """The links of all entities of one kind; refuses when they are more than a thousand."""
        return self.get_where({"entity_type": entity_type})

    def link(self, entity_type: str, entity_id: int, *linked_ids: int) -> list[E]:
        """New links. Raises Duplicate when one is there already."""
        operation = self._linking("link", entity_type, entity_id, linked_ids)
        return self._perform(operation, lambda: self.repository.link(entity_type, entity_id, linked_ids))

    def unlink(self, entity_type: str, entity_id: int, *linked_ids: int) -> int:
        """How many of the links to *linked_ids* are gone."""
        operation = self._linking("unlink", entity_type, entity_id, linked_ids)
        return self._perform(operation, lambda: self.repository.unlink(entity_type, entity_id, linked_ids))

    def unlink_all(self, entity_type: str, entity_id: int) -> int:
        """How many links of the entity are gone: all."""
        operation = self._linking("unlink", entity_type, entity_id, ())
        return self._perform(operation, lambda: self.repository.unlink(entity_type, entity_id))

    def replace(self, entity_type: str, entity_id: int, *linked_ids: int) -> list[E]:
        """The entity's links, now exactly those to *linked_ids*."""
        operation = self._linking("replace", entity_type, entity_id, linked_ids)
        return self._perform(operation, lambda: self.repository.replace(entity_type, entity_id, linked_ids))

    def _linking(self, name: str, entity_type: str, entity_id: int, linked_ids: Sequence[int]) -> Write:
        item = {
            "entity_type": entity_type,
            "entity_id": entity_id,
            f"{self.repository.linked}s": list(linked_ids),
        }
        return Write(name=name, items=(item,))
