"""Services: what the rest of the house calls. They act in a unit of work.

Every operation goes through :meth:`Service._perform`. A capability overrides it, does its part and calls the
next one: outermost first, in the order of the class's bases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar, cast, get_type_hints

from sqlalchemy import ColumnElement, and_

from vectoricons.common import keyset, protection
from vectoricons.common.entity import Entity
from vectoricons.common.errors import Invalid, NotFound
from vectoricons.common.operation import Operation, Read, Write
from vectoricons.common.repository import DEFAULT_PAGE, Data, Key, Page, Repository
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.common.where import Where

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

LARGEST_LIST = 1000


class Service(Generic[E]):
    """The operations every module has. A module names its repository: ``repository: TagRepository``."""

    repository: Repository[Any, E]
    _named_repository: ClassVar[type[Repository[Any, Any]]]

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.repository = self.repository_class()(work.session)

    @property
    def entity(self) -> type[E]:
        """The entity class this service is about."""
        return self.repository.entity

    @property
    def kind(self) -> str:
        """The entity's name in events and messages."""
        return self.entity.entity_name()

    # -- reading

    def get_by_id(self, id: Key) -> E | None:
        """The entity, or None."""
        return self.get_one({"id": id})

    def get_one(self, where: Where) -> E | None:
        """The first that fits, or None."""
        return self._read("get_one", lambda: self.repository.find_one(self._within(where)), where=where)

    def get_all(self) -> list[E]:
        """All there are; refuses when that is more than a thousand."""
        return self.get_where(None)

    def get_where(self, where: Where) -> list[E]:
        """All that fit; refuses when that is more than a thousand."""
        return self._list(
            "get_where", lambda limit: self.repository.find_all(self._within(where), limit=limit), where=where
        )

    def get_with_relations(self, where: Where, graph: str = "default") -> list[E]:
        """All that fit, with the relations of the named graph; refuses when that is more than a thousand."""
        return self._list(
            "get_with_relations",
            lambda limit: self.repository.with_relations(self._within(where), graph, limit=limit),
            where=where,
            graph=graph,
        )

    def get_one_with_relations(self, where: Where, graph: str = "default") -> E | None:
        """The first that fits, with the relations of the named graph, or None."""
        return self._read(
            "get_one_with_relations",
            lambda: self.repository.find_one_with_relations(self._within(where), graph),
            where=where,
            graph=graph,
        )

    def paginate(self, where: Where = None, page: int = 1, size: int = DEFAULT_PAGE) -> Page[E]:
        """A numbered page, for admin tables."""
        return self._read("paginate", lambda: self.repository.paginate(self._within(where), page, size))

    def keyset_page(self, where: Where = None, *, asked: keyset.Ask) -> keyset.KeysetPage[E]:
        """A page of a feed."""
        return self._read(
            "keyset_page", lambda: self.repository.keyset_page(self._within(where), asked=asked)
        )

    def exists(self, where: Where) -> bool:
        """Whether anything fits."""
        return self._read("exists", lambda: self.repository.exists(self._within(where)))

    def assert_exists(self, id: Key) -> E:
        """The entity. Raises NotFound."""
        return self._there(self.get_by_id(id))

    # -- writing

    def create(self, data: Data) -> E:
        """The new entity."""
        return self.create_many([data])[0]

    def create_many(self, items: Iterable[Data]) -> list[E]:
        """The new entities, in the order given, and as one event."""
        given = tuple(self._given(item) for item in items)
        if not given:
            return []
        return self._perform(Write(name="create", items=given), lambda: self.repository.create_many(given))

    def update(self, id: Key, patch: Data) -> E:
        """The entity after *patch*. Raises NotFound."""
        return self._change("update", id, self.repository.values(patch))

    def upsert(self, data: Data, *, on: Sequence[str] = ()) -> E:
        """The entity with *data*, made or changed; *on* names a unique key if not the usual one."""
        return self.upsert_many([data], on=on)[0]

    def upsert_many(self, items: Iterable[Data], *, on: Sequence[str] = ()) -> list[E]:
        """As :meth:`upsert`, all in one statement and as one event."""
        key = tuple(on) or self.repository.unique_key
        given = tuple(self._given(item) for item in items)
        if not given:
            return []
        operation = Write(name="upsert", items=given, on=key)
        return self._perform(operation, lambda: self.repository.upsert_many(given, on=key))

    def delete(self, id: Key) -> int:
        """How many rows are gone for good: one or none. Raises Conflict for a protected one."""
        return self._perform(Write(name="delete", id=id), lambda: self._deleted(id))

    # -- what capabilities override

    def _perform(self, operation: Operation, body: Callable[[], T]) -> T:
        """Do *operation*, which *body* carries out. Capabilities wrap this."""
        return body()

    def _visible(self) -> ColumnElement[bool] | None:
        """The condition on the rows the actor may see; None is every row."""
        return None

    def _given(self, data: Data) -> Mapping[str, Any]:
        """*data* for a new row, with what follows from the actor."""
        return self.repository.values(data)

    # -- how

    @classmethod
    def repository_class(cls) -> type[Repository[Any, E]]:
        """The repository that the class names."""
        if "_named_repository" not in vars(cls):
            cls._named_repository = get_type_hints(cls)["repository"]
        return cast("type[Repository[Any, E]]", cls._named_repository)

    @property
    def _noun(self) -> str:
        return self.kind.replace("-", " ")

    def _read(self, name: str, body: Callable[[], T], **arguments: Any) -> T:
        return self._perform(Read(name=name, arguments=arguments), body)

    def _list(self, name: str, body: Callable[[int], list[E]], **arguments: Any) -> list[E]:
        return self._read(name, lambda: self._bounded(body(LARGEST_LIST + 1)), **arguments)

    def _bounded(self, found: list[E]) -> list[E]:
        if len(found) > LARGEST_LIST:
            raise Invalid(f"More than {LARGEST_LIST} fit. Ask for them page by page.")
        return found

    def _within(self, where: Where) -> Where:
        visible = self._visible()
        return where if visible is None else and_(*self.repository.conditions(where), visible)

    def _change(self, name: str, id: Key, patch: Mapping[str, Any]) -> E:
        operation = Write(name=name, id=id, items=(patch,))
        return self._perform(operation, lambda: self._there(self.repository.update(id, patch)))

    def _deleted(self, id: Key) -> int:
        protection.refuse_protected(self.work.session, self.kind, id)
        return self.repository.delete(id)

    def _there(self, found: E | None) -> E:
        if found is None:
            raise NotFound(f"{self._noun.capitalize()} not found.")
        return found
