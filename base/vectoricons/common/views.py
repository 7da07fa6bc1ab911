"""Views: what Postgres works out from tables. Read like a table, never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Delete, Insert, MetaData, Update

from vectoricons.common.entity import Entity
from vectoricons.common.errors import Forbidden
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.repository import Repository
from vectoricons.common.row import Table

E = TypeVar("E", bound=Entity)


class View(Table):
    """Base of every view. It has metadata of its own: a migration makes a view by SQL, not as a table."""

    __abstract__ = True
    metadata = MetaData()


V = TypeVar("V", bound=View)


class ViewRepository(Repository[V, E]):
    """The rows of a view as entities."""

    def _written(
        self, statement: Insert | Update, rows: Sequence[Mapping[str, Any]] | None = None
    ) -> NoReturn:
        self._refuse()

    def _affected(self, statement: Update | Delete) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Forbidden(f"A {self._noun} follows from other rows; nothing writes it.")


class ViewService(Observable[E], AccessControlled[E]):
    """A view as a service: people see the rows that are theirs, administrators all."""

    repository: ViewRepository[Any, E]
    public = False
