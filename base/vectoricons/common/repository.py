"""Repositories: entities in, entities out, one statement each. A module adds only what is its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Insert,
    Result,
    Select,
    Update,
    delete,
    func,
    insert,
    select,
    table,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session, class_mapper
from sqlalchemy.orm.interfaces import ORMOption

from vectoricons.common import where as which
from vectoricons.common.entity import Entity
from vectoricons.common.errors import Invalid, refused_by_database
from vectoricons.common.graph import loading
from vectoricons.common.mixins.repository import CursorPaginated
from vectoricons.common.row import SET_BY_DATABASE, Table
from vectoricons.common.where import Where

R = TypeVar("R", bound=Table)
E = TypeVar("E", bound=Entity)

Key = int | UUID
Data = Mapping[str, Any] | Entity

DEFAULT_PAGE = 10
LARGEST_PAGE = 100
FRESH: Mapping[str, Any] = {"populate_existing": True, "synchronize_session": False}

# SQLAlchemy makes the class of a write that a session runs when the first of its kind comes. Of two
# threads that bring one at once, one finds it half made, and no such write is kept compiled ever after.
for _statement in (insert, upsert, update, delete):
    _statement(table("any"))._annotate({})  # noqa: SLF001 - it has no other door


@dataclass(frozen=True, slots=True)
class Page(Generic[E]):
    """A numbered page: for admin tables and reports. Feeds use keyset pages."""

    results: tuple[E, ...]
    total: int
    page: int
    page_size: int

    @property
    def total_pages(self) -> int:
        """How many pages of this size there are."""
        return -(-self.total // self.page_size)


class Repository(CursorPaginated[R, E]):
    """The rows of one table as entities. ``class TagRepository(Repository[TagRow, Tag])`` is a whole one.

    ``graphs`` names relations to load together (dotted paths); ``unique_key`` is what an upsert goes by.
    *Where* is a mapping of column to value (None: is null; a list: any of) or a SQLAlchemy condition.
    """

    entity: type[E]
    graphs: ClassVar[Mapping[str, tuple[str, ...]]] = {"default": ()}
    unique_key: ClassVar[tuple[str, ...]] = ("id",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in getattr(cls, "__orig_bases__", ()):
            match get_args(base):
                case [type() as row, type() as entity]:
                    cls.row, cls.entity = row, entity

    def __init__(self, session: Session) -> None:
        self._session = session

    # -- reading

    def find_by_id(self, id: Key) -> E | None:
        """The entity with this key, or None."""
        return self.find_one(self._key == id)

    def find_one(self, where: Where) -> E | None:
        """The first entity that fits, or None."""
        return self._first(self.query(where).limit(1))

    def find_all(self, where: Where = None, *, limit: int | None = None) -> list[E]:
        """All that fit, by key."""
        return self._entities(self.query(where).limit(limit))

    def find_by_ids(self, ids: Sequence[Key]) -> list[E]:
        """Those of *ids* that exist, in the order asked for."""
        found = {entity.id: entity for entity in self.find_all(self._key.in_(ids))}
        return [found[key] for key in ids if key in found]

    def find_by_keys(self, items: Iterable[Mapping[str, Any]], on: Sequence[str]) -> list[E]:
        """Those that have the same values in the columns *on* as one of *items*."""
        key = tuple_(*(which.column(self.row, name) for name in on))
        return self.find_all(key.in_([tuple(item.get(name) for name in on) for item in items]))

    def paginate(self, where: Where = None, page: int = 1, size: int = DEFAULT_PAGE) -> Page[E]:
        """Page number *page* (from 1; less is the first) of *size* (1 to 100)."""
        page, size = max(page, 1), min(max(size, 1), LARGEST_PAGE)
        results = self._entities(self.query(where).limit(size).offset((page - 1) * size))
        return Page(tuple(results), self.count(where), page, size)

    def exists(self, where: Where) -> bool:
        """Whether anything fits."""
        return bool(self._session.scalar(select(self.query(where).exists())))

    def count(self, where: Where = None) -> int:
        """How many fit."""
        fitting = select(func.count()).select_from(self.row).where(*self.conditions(where))
        return self._session.scalar(fitting) or 0

    def with_relations(
        self, where: Where = None, graph: str = "default", *, limit: int | None = None
    ) -> list[E]:
        """All that fit, with the relations of the named *graph*: one more query for each, never per row."""
        return self._entities(self.query(where).limit(limit).options(*self._graph(graph)))

    def find_one_with_relations(self, where: Where, graph: str = "default") -> E | None:
        """The first that fits, with the relations of the named *graph*."""
        return self._first(self.query(where).limit(1).options(*self._graph(graph)))

    # -- writing

    def create(self, data: Data) -> E:
        """The new entity, with what the database filled in."""
        return self.create_many([data])[0]

    def create_many(self, items: Iterable[Data]) -> list[E]:
        """The new entities, in the order given."""
        rows = [self.values(item) for item in items]
        if not rows:
            return []
        return self._written(insert(self.row).returning(self.row, sort_by_parameter_order=True), rows)

    def update(self, id: Key, patch: Data) -> E | None:
        """The entity after *patch*, or None if there is none."""
        changes = self.values(patch)
        if not changes:
            return self.find_by_id(id)
        written = self._written(update(self.row).where(self._key == id).values(changes).returning(self.row))
        return written[0] if written else None

    def update_where(self, where: Where, patch: Data) -> int:
        """How many rows got *patch*."""
        return self._affected(update(self.row).where(*self.conditions(where)).values(self.values(patch)))

    def delete(self, id: Key) -> int:
        """How many rows are gone for good: one or none."""
        return self.delete_where(self._key == id)

    def delete_where(self, where: Where) -> int:
        """How many rows are gone for good."""
        return self._affected(delete(self.row).where(*self.conditions(where)))

    def upsert(self, data: Data, *, on: Sequence[str] = ()) -> E:
        """The entity with *data*, made or changed; *on* names a unique key if not ``unique_key``."""
        return self.upsert_many([data], on=on)[0]

    def upsert_many(self, items: Iterable[Data], *, on: Sequence[str] = ()) -> list[E]:
        """As :meth:`upsert`, all in one statement: safe against another writer of the same rows.

        Items have the same columns, and no two the same key. The answer's order is not that of the items.
        """
        rows, key = [self.values(item) for item in items], tuple(on) or self.unique_key
        if any(row.get(name) is None for row in rows for name in key):
            raise Invalid(f"To upsert a {self._noun}, give a value for each of: {', '.join(key)}.")
        return self._written(self._upserting(rows, key), rows) if rows else []

    # -- escape hatches

    def query(self, where: Where = None) -> Select[R]:
        """The select every read starts from, by key."""
        return select(self.row).where(*self.conditions(where)).order_by(self._key)

    def raw(self, sql: str, **bindings: Any) -> Result[Any]:
        """The result of *sql* with bound ``:names``."""
        return self._session.execute(text(sql), bindings)

    # -- how

    def conditions(self, where: Where) -> list[ColumnElement[bool]]:
        """*where* as SQL. Raises Invalid for a column there is not."""
        return which.conditions(self.row, where)

    def values(self, data: Data) -> dict[str, Any]:
        """*data* as column values; of an entity, what the database does not set. Invalid for a wrong name."""
        if isinstance(data, Entity):
            own = set(class_mapper(self.row).column_attrs.keys()) - SET_BY_DATABASE - self._computed
            return data.model_dump(by_alias=False, exclude_unset=True, include=own)
        for name in self._computed & data.keys():
            raise Invalid(f'"{name}" of a {self._noun} is worked out by the database; leave it out.')
        return {which.column(self.row, name).key: value for name, value in data.items()}

    @property
    def _noun(self) -> str:
        return self.entity.entity_name().replace("-", " ")

    @cached_property
    def _key(self) -> InstrumentedAttribute[Any]:
        return which.primary_key(self.row)

    @cached_property
    def _computed(self) -> frozenset[str]:
        attributes = class_mapper(self.row).column_attrs
        return frozenset(attr.key for attr in attributes if attr.columns[0].computed is not None)

    def _graph(self, name: str) -> list[ORMOption]:
        if name not in self.graphs:
            raise Invalid(
                f'A {self._noun} has no relations called "{name}", only {", ".join(sorted(self.graphs))}.'
            )
        return loading(self.row, self.graphs[name])

    def _upserting(self, rows: list[dict[str, Any]], key: tuple[str, ...]) -> Insert:
        statement = upsert(self.row)  # its rows are parameters: a statement of 125 of them is compiled once
        changes: dict[str, Any] = {name: statement.excluded[name] for name in rows[0] if name not in key}
        if hasattr(self.row, "updated_at"):
            changes["updated_at"] = func.statement_timestamp()
        return statement.on_conflict_do_update(
            index_elements=key,
            index_where=which.predicate_of_unique(self.row, key),
            set_=changes or {key[0]: statement.excluded[key[0]]},  # changing nothing would return nothing
        ).returning(self.row)

    def _first(self, statement: Select[R]) -> E | None:
        return next(iter(self._entities(statement)), None)

    def _entities(self, statement: Select[R]) -> list[E]:
        return [
            self.entity.model_validate(row)
            for row in self._session.scalars(statement, execution_options=FRESH)
        ]

    def _written(
        self, statement: Insert | Update, rows: Sequence[Mapping[str, Any]] | None = None
    ) -> list[E]:
        try:
            written = self._session.scalars(statement, rows, execution_options=FRESH)
            return [self.entity.model_validate(row) for row in written]
        except (IntegrityError, DataError) as error:
            raise refused_by_database(error, self._noun) from error

    def _affected(self, statement: Update | Delete) -> int:
        try:
            return cast(
                "CursorResult[Any]", self._session.execute(statement, execution_options=FRESH)
            ).rowcount
        except (IntegrityError, DataError) as error:
            raise refused_by_database(error, self._noun) from error
