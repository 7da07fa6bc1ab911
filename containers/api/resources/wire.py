"""How rows look outside: what has a public name is called by it, and its number is nobody's business."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property, reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import create_model
from pydantic.alias_generators import to_camel
from sqlalchemy import inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Mapper, Session

from containers.api.outputs import Output
from vectoricons.common import migrate
from vectoricons.common.entity import Entity
from vectoricons.common.row import Table
from vectoricons.common.service import Service
from vectoricons.common.where import primary_key
from vectoricons.utils import wrong

PUBLIC_NAMES = ("unique_id", "uuid", "code")
PAIRED = {
    "family": "families",
    "set": "sets",
    "icon": "icons",
    "illustration": "illustrations",
    "user": "users",
}
TYPE, ID = "entity_type", "entity_id"
LARGEST = 2**63 - 1  # that Postgres can be asked for
NUMBER = re.compile("[0-9]{1,18}")
migrate.metadata()  # forms are made when modules are imported, and refer to each other's tables


@dataclass(frozen=True)
class Wire:
    """The outer form of an entity: its *relations* that are shown, its fields that are *kept* back.

    *refers* says to which tables the columns of a view refer: it has no foreign keys. *added* are fields that
    the entity has not, each made from it. It is *called* as its entity is, or otherwise where something else
    in the API's description has that name.
    """

    row: type[Table]
    entity: type[Entity]
    relations: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()
    refers: Mapping[str, type[Table]] = field(default_factory=dict)
    added: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    called: str = ""

    @classmethod
    def of(
        cls,
        service: type[Service[Any]],
        *,
        relations: tuple[str, ...] = (),
        kept: Iterable[str] = (),
        refers: Mapping[str, type[Table]] | None = None,
        added: Mapping[str, Callable[[Any], Any]] | None = None,
        called: str = "",
    ) -> Wire:
        """The form of what *service* hands out."""
        repository = service.repository_class()
        shown = (repository.row, repository.entity, relations, frozenset(kept), refers or {}, added or {})
        return cls(*shown, called)

    @cached_property
    def model(self) -> type[Output]:
        """The form as a model, for the API's description."""
        fields: dict[str, Any] = {name: (self._annotation(name), ...) for name in self._shown}
        fields |= {name: (self._nested(name), ...) for name in self.relations}
        fields |= {name: (get_type_hints(make)["return"], ...) for name, make in self.added.items()}
        name = self.called or self.entity.__name__
        return create_model(name, __base__=Output, __doc__=self.entity.__doc__, **fields)

    def outward(self, session: Session, entities: Iterable[Entity]) -> list[dict[str, Any]]:
        """The entities as JSON data; one more query for each table they refer to, however many they are."""
        listed = list(entities)
        names = _names_of(session, (reference for entity in listed for reference in self.references(entity)))
        return [self.plain(entity, names) for entity in listed]

    def inward(self, session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
        """*given* by column, with the rows' own numbers. Raises InvalidInput, which names the field."""
        return {name: self._number(session, name, value, given) for name, value in given.items()}

    @property
    def key(self) -> InstrumentedAttribute[Any]:
        """The column that the public name of a row stands in."""
        found: InstrumentedAttribute[Any] = getattr(self.row, _public_name(self.row) or "id")
        return found

    @cached_property
    def _refers(self) -> Mapping[str, type[Table]]:
        """The columns that refer to a row with a public name."""
        return {**_references_of(self.row), **self.refers}

    @cached_property
    def _shown(self) -> tuple[str, ...]:
        related = set(_mapper(self.row).relationships.keys())
        hidden = self.entity.hidden_fields() | self.kept | related | set(PUBLIC_NAMES)
        if self.key.key in self.entity.model_fields:  # its number may be hidden, its public name is not
            hidden -= {"id"}
        return tuple(name for name in self.entity.model_fields if name not in hidden)

    @cached_property
    def _below(self) -> Mapping[str, Wire]:
        relations = _mapper(self.row).relationships
        return {
            name: Wire(relations[name].mapper.class_, _entity(self.entity, name)) for name in self.relations
        }

    def _annotation(self, name: str) -> Any:
        if name == "id":
            return {"uuid": UUID, "id": int}.get(self.key.key, str)
        field = self.entity.model_fields[name]
        if name == ID and TYPE in self.entity.model_fields:
            return str | None if type(None) in get_args(field.annotation) else str
        if name in self._refers:
            public = UUID if _public_name(self._refers[name]) == "uuid" else str
            return public | None if type(None) in get_args(field.annotation) else public
        return _outer(field.annotation)

    def _nested(self, name: str) -> Any:
        model = self._below[name].model
        return GenericAlias(list, model) if _mapper(self.row).relationships[name].uselist else model | None

    def references(self, entity: Entity) -> Iterator[tuple[type[Table], int]]:
        for name, row in self._refers.items():
            if (number := getattr(entity, name, None)) is not None:
                yield row, number
        if paired := _pair(entity):
            yield paired
        for name, wire in self._below.items():
            for below in _many(getattr(entity, name)):
                yield from wire.references(below)

    def plain(self, entity: Entity, names: Mapping[tuple[type[Table], int], Any]) -> dict[str, Any]:
        plain = entity.model_dump(mode="json", by_alias=False, include=set(self._shown))
        for name in self._refers.keys() & plain.keys():
            plain[name] = names.get((self._refers[name], getattr(entity, name)))
        if TYPE in type(entity).model_fields and plain.get(ID) is not None:
            paired = _pair(entity)
            plain[ID] = str(names.get(paired, plain[ID]) if paired else plain[ID])
        plain["id"] = getattr(entity, self.key.key) if self.key.key != "id" else plain.get("id")
        for name, wire in self._below.items():
            value = getattr(entity, name)
            below = [wire.plain(each, names) for each in _many(value)]
            plain[name] = below if isinstance(value, tuple) else next(iter(below), None)
        plain |= {name: make(entity) for name, make in self.added.items()}
        return {to_camel(name): value for name, value in plain.items()}

    def _number(self, session: Session, name: str, value: Any, given: Mapping[str, Any]) -> Any:
        row, kind = self._refers.get(name), given.get(TYPE) if name == ID else None
        if name == ID and kind is None and TYPE in self.entity.model_fields:
            raise wrong(name, 'it goes with "entityType"')
        if kind is not None:
            row = _by_table().get(PAIRED.get(str(kind), ""))
        is_plain = value is None or (row is None and kind is None)
        if is_plain and not (isinstance(value, int) and abs(value) > LARGEST):
            return value
        number = None if is_plain else _number_of(session, row, str(value))
        if number is None:
            raise wrong(name, f'there is nothing with the id "{value}"')
        return number


@cache
def _by_table() -> Mapping[str, type[Table]]:
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Table.registry.mappers}


@cache
def _references_of(row: type[Table]) -> Mapping[str, type[Table]]:
    found = {}
    for attribute in _mapper(row).column_attrs:
        for key in attribute.columns[0].foreign_keys:
            target: type[Table] | None = _by_table()[key.column.table.name]
            if target is not None and key.column.name != "id":  # what it refers to refers to another in turn
                target = _references_of(target).get(key.column.name)
            if target is not None and _public_name(target):
                found[attribute.key] = target
    return found


@cache
def _public_name(row: type[Table]) -> str | None:
    columns = _mapper(row).column_attrs
    return next((name for name in PUBLIC_NAMES if name in columns and columns[name].columns[0].unique), None)


def _number_of(session: Session, row: type[Table] | None, public: str) -> int | None:
    """The number of the *row* that is called *public*; what has no table of its own is called by a number."""
    if row is None:
        return int(public) if NUMBER.fullmatch(public) else None
    name = _public_name(row) or "id"
    if name == "uuid" and not _is_uuid(public):
        return None
    number: int | None = session.scalar(select(primary_key(row)).where(getattr(row, name) == public))
    return number


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _mapper(row: type[Table]) -> Mapper[Any]:
    found: Mapper[Any] = inspect(row)
    return found


def _names_of(
    session: Session, references: Iterable[tuple[type[Table], int]]
) -> dict[tuple[type[Table], int], Any]:
    wanted: dict[type[Table], set[int]] = defaultdict(set)
    for row, number in references:
        wanted[row].add(number)
    found = {}
    for row, numbers in wanted.items():
        public = getattr(row, _public_name(row) or "id")
        own = primary_key(row)
        found.update(
            {(row, id): name for id, name in session.execute(select(own, public).where(own.in_(numbers)))}
        )
    return found


def _pair(entity: Entity) -> tuple[type[Table], int] | None:
    row = _by_table().get(PAIRED.get(str(getattr(entity, TYPE, "")), ""))
    return None if row is None else (row, getattr(entity, ID))


def _many(value: Any) -> tuple[Entity, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _entity(above: type[Entity], name: str) -> type[Entity]:
    """The entity class in the annotation of a relation."""
    parts = [above.model_fields[name].annotation]
    while parts:
        part = parts.pop()
        if isinstance(part, type) and issubclass(part, Entity):
            return part
        parts += get_args(part)
    raise TypeError(f"{above.__name__}.{name} is no relation")


def _outer(annotation: Any) -> Any:
    """The type of a field as JSON has it: decimals are text, a frozen list is a list."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if annotation is Decimal:
        return str
    if origin is Annotated:
        return _outer(parts[0])
    if origin in (Union, UnionType):
        return reduce(or_, map(_outer, parts))
    if origin is tuple:
        return GenericAlias(list, _outer(parts[0]))
    if origin is not None and issubclass(origin, Mapping):
        return dict[str, Any]
    return annotation
