"""Lookups: short lists of named values (styles, product types, roles). A value is unique, a label is not."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Entity
from vectoricons.common.mixins.service import Managed
from vectoricons.common.repository import Repository
from vectoricons.common.row import Row


class LookupRow(Row):
    """A table of values and their labels."""

    __abstract__ = True

    value: Mapped[str] = mapped_column(String(255), unique=True)
    label: Mapped[str] = mapped_column(String(255))


class Lookup(Entity):
    """A value programs use and the label people read."""

    id: int
    value: str
    label: str


R = TypeVar("R", bound=LookupRow)
L = TypeVar("L", bound=Lookup)


class LookupRepository(Repository[R, L]):
    """A lookup's rows, found by value."""

    unique_key = ("value",)

    def find_by_value(self, value: str) -> L | None:
        """The row of *value*, or None."""
        return self.find_one({"value": value})


class LookupService(Managed[L]):
    """A lookup as a service."""

    def get_by_value(self, value: str) -> L | None:
        """The entity of *value*, or None."""
        return self.get_one({"value": value})
