"""Tables: the declarative base and the mixins that give a table its capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    DateTime,
    Identity,
    MetaData,
    String,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from vectoricons.common.ids import PUBLIC_ID_LENGTH

SET_BY_DATABASE = frozenset({"id", "uuid", "unique_id", "created_at", "updated_at", "is_live"})

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """Base of every table. A table keyed by something other than an integer derives from it directly."""

    metadata = MetaData(naming_convention=NAMES)

    def loaded(self) -> Mapping[str, Any]:
        """The attributes in memory; what was not asked for stays out, so nothing is queried by accident."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


class Row(Table):
    """A table keyed by a database-made integer, as nearly all are."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-10)


class HasTimestamps:
    """When the row was made and last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.statement_timestamp(), sort_order=90
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=func.statement_timestamp(),
        onupdate=func.statement_timestamp(),
        sort_order=91,
    )


class HasIsActive:
    """A row that can be switched off and on."""

    is_active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), sort_order=80)


class HasIsDeleted:
    """A row that can be put away without being lost."""

    is_deleted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), sort_order=81)


class HasIsLive(HasIsActive, HasIsDeleted):
    """A row the public sees while active and not deleted; ``is_live`` is what indexes and reads ask for."""

    is_live: Mapped[bool] = mapped_column(
        Boolean, Computed("is_active and not is_deleted", persisted=True), sort_order=82
    )


class HasPublicId:
    """A row with a twelve-character name for URLs, made by the database and never changed."""

    unique_id: Mapped[str] = mapped_column(
        String(PUBLIC_ID_LENGTH), unique=True, server_default=func.public_id(), sort_order=-9
    )


class HasEntity:
    """A row about some other row, of a kind told by ``entity_type``. No foreign key can hold such a pair."""

    entity_type: Mapped[str] = mapped_column(String(32), sort_order=-8)
    entity_id: Mapped[int] = mapped_column(BigInteger, sort_order=-7)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A check that *column* holds one of *values*."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def related(**how: Any) -> Mapped[Any]:
    """Rows of another table: read only, loaded by a named graph or not at all: no query hides in a loop."""
    return relationship(viewonly=True, lazy="raise", **how)
