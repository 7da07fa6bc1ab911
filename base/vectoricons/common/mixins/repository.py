"""What a repository can do beyond finding and writing rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from vectoricons.common import keyset
from vectoricons.common import where as which
from vectoricons.common.entity import Entity
from vectoricons.common.row import Table
from vectoricons.common.where import Where

R = TypeVar("R", bound=Table)
E = TypeVar("E", bound=Entity)


class CursorPaginated(Generic[R, E]):
    """Pages by position instead of by number. Every repository has them: there is one way to page a feed."""

    row: type[R]

    def keyset_page(self, where: Where = None, *, asked: keyset.Ask) -> keyset.KeysetPage[E]:
        """The page *asked* for, by row comparison: the same cost at any depth."""
        column = which.column(self.row, asked.sort_by)
        statement = keyset.statement(self.query(where), column, self._key, asked)
        return keyset.page(self._entities(statement), asked)

    def query(self, where: Where = None) -> Select[R]:
        """The select every read starts from."""
        raise NotImplementedError

    @property
    def _key(self) -> InstrumentedAttribute[Any]:
        raise NotImplementedError

    def _entities(self, statement: Select[R]) -> Sequence[E]:
        raise NotImplementedError
