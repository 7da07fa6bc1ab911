"""A module under contract: its service, what a new row is made of, and a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from tests.base.world import World, word
from vectoricons.common.entity import Entity
from vectoricons.common.repository import Repository
from vectoricons.common.row import Table
from vectoricons.common.service import Service
from vectoricons.common.unit_of_work import UnitOfWork

Made = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Module:
    """A module under contract."""

    service: type[Service[Any]]
    made: Made
    change: Mapping[str, Any] = field(default_factory=dict)

    @property
    def repository(self) -> type[Repository[Any, Any]]:
        named: type[Repository[Any, Any]] = get_type_hints(self.service)["repository"]
        return named

    @property
    def entity(self) -> type[Entity]:
        return self.repository.entity

    @property
    def row(self) -> type[Table]:
        return self.repository.row

    def has(self, column: str) -> bool:
        return hasattr(self.row, column)

    def can(self, capability: type) -> bool:
        return issubclass(self.service, capability)

    def __str__(self) -> str:
        return self.entity.entity_name()


@dataclass(frozen=True)
class Subject:
    """A module in a unit of work: what a contract test is about."""

    module: Module
    world: World

    @property
    def work(self) -> UnitOfWork:
        return self.world.work

    @property
    def repository(self) -> Repository[Any, Any]:
        return self.module.repository(self.work.session)

    @property
    def service(self) -> Service[Any]:
        return self.module.service(self.work)

    def data(self) -> dict[str, Any]:
        """The columns of a row that is not there yet."""
        return self.module.made(self.world)

    def one(self) -> Any:
        """A new row."""
        return self.repository.create(self.data())

    def many(self, number: int = 3) -> list[Any]:
        """New rows."""
        return [self.one() for _ in range(number)]


def value_and_label(_world: World) -> dict[str, Any]:
    return {"value": word("value"), "label": "Some label"}
