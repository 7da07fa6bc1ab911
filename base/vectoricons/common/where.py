"""Which rows: a mapping of column to value, or a SQLAlchemy condition, as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import InstrumentedAttribute, class_mapper

from vectoricons.common.errors import Invalid
from vectoricons.common.row import Table

Where = Mapping[str, Any] | ColumnElement[bool] | None


def conditions(row: type[Table], where: Where) -> list[ColumnElement[bool]]:
    """*where* as SQL. None as a value: is null; several: any of. Raises Invalid for a column there is not."""
    if where is None:
        return []
    if isinstance(where, ColumnElement):
        return [where]
    return [_equals(column(row, name), value) for name, value in where.items()]


def column(row: type[Table], name: str) -> InstrumentedAttribute[Any]:
    """The column called *name*. Raises Invalid when there is none."""
    if name not in class_mapper(row).column_attrs:
        raise Invalid(f'There is no "{name}" in {row.__tablename__.replace("_", " ")}.')
    found: InstrumentedAttribute[Any] = getattr(row, name)
    return found


def primary_key(row: type[Table]) -> InstrumentedAttribute[Any]:
    """The (first) column of the primary key."""
    return column(row, class_mapper(row).primary_key[0].name)


def predicate_of_unique(row: type[Table], key: Sequence[str]) -> ColumnElement[bool] | None:
    """The condition of the unique index on *key*, when it is a partial one: an upsert must repeat it."""
    table = row.__table__
    indexes = table.indexes if isinstance(table, SqlTable) else ()
    partial = (
        index for index in indexes if index.unique and [part.name for part in index.columns] == list(key)
    )
    found: ColumnElement[bool] | None = next(
        (index.dialect_options["postgresql"]["where"] for index in partial), None
    )
    return found


def _equals(column: InstrumentedAttribute[Any], value: Any) -> ColumnElement[bool]:
    if isinstance(value, list | tuple | set | frozenset):
        return column.in_(value)
    if isinstance(value, bool):
        # As a constant, not "= $1" or "is true": only so does the planner take an index "where is_live".
        return column == (true() if value else false())
    return column.is_(None) if value is None else column == value
