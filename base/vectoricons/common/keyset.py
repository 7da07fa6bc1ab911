"""Keyset pages: feeds that neither repeat nor skip a row while new ones arrive, cheap at any depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from vectoricons.common import cursor
from vectoricons.common.cursor import Direction, Position
from vectoricons.common.entity import Entity
from vectoricons.common.row import Table

E = TypeVar("E", bound=Entity)
R = TypeVar("R", bound=Table)

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What page is wanted: *sort_by* a column (then by key), *descending* or not, after or before *position*.

    *limit* is held to 1 to 100. *key* and *filters* sign the tokens of the answer.
    """

    key: cursor.Keys
    sort_by: str = "created_at"
    descending: bool = True
    limit: int = DEFAULT_LIMIT
    position: Position | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def following(cls, token: str | None, **rest: Any) -> Ask:
        """The page *token* leads to; without one, the first. InvalidCursor for another list's token."""
        ask = cls(**rest)
        if token is None:
            return ask
        return cls(**rest, position=cursor.decode(ask.key, token, sort=ask.sort, filters=ask.filters))

    @property
    def sort(self) -> str:
        """The order's name, as tokens carry it."""
        return f"{'-' if self.descending else ''}{self.sort_by}"

    @property
    def size(self) -> int:
        """*limit*, held to what is allowed."""
        return min(max(self.limit, 1), LARGEST_LIMIT)

    @property
    def backwards(self) -> bool:
        """Whether the page before the position is wanted."""
        return self.position is not None and self.position.direction is Direction.PREVIOUS


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[E]):
    """A page of a feed and the tokens to its neighbours; None where there is no neighbour."""

    items: tuple[E, ...]
    next: str | None
    previous: str | None


def statement(
    rows: Select[R], column: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any], ask: Ask
) -> Select[R]:
    """*rows* as the page *ask* wants them, and one row more, which tells whether the list goes on."""
    falling = ask.descending != ask.backwards
    if ask.position is not None:
        here, there = tuple_(column, key), tuple_(*ask.position.values)
        rows = rows.where(here < there if falling else here > there)
    order = (column.desc(), key.desc()) if falling else (column.asc(), key.asc())
    return rows.order_by(None).order_by(*order).limit(ask.size + 1)


def page(found: Sequence[E], ask: Ask) -> KeysetPage[E]:
    """The page made of the rows :func:`statement` *found*."""
    goes_on = len(found) > ask.size
    items = tuple(found[: ask.size])
    if ask.backwards:
        items = items[::-1]
    if not items:
        return KeysetPage((), None, None)
    more_after = ask.backwards or goes_on
    more_before = goes_on if ask.backwards else ask.position is not None
    return KeysetPage(
        items,
        _token(items[-1], Direction.NEXT, ask) if more_after else None,
        _token(items[0], Direction.PREVIOUS, ask) if more_before else None,
    )


def _token(entity: Entity, direction: Direction, ask: Ask) -> str:
    position = Position((getattr(entity, ask.sort_by), entity.id), direction)
    return cursor.encode(ask.key, position, sort=ask.sort, filters=ask.filters)
