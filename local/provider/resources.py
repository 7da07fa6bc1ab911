"""What a resource type does in a region, and who knows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from local.provider.region import Region
from local.provider.values import Plain


class Inputs(BaseModel):
    """The inputs of a resource, parsed once; what the region does not act on is not among them."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        coerce_numbers_to_str=True,  # as the real provider does
    )


I = TypeVar("I", bound=Inputs)  # noqa: E741 - the usual letter for "inputs" of a generic


@dataclass(frozen=True, slots=True)
class Made:
    """What making a resource gave: Pulumi's physical_id, and the outputs AWS answered with."""

    id: str
    outputs: dict[str, Plain] = field(default_factory=dict)


class GoneError(Exception):
    """There is no such thing, where AWS says so by an empty answer and not by an error."""


class Resource(ABC, Generic[I]):
    """A resource type of the data plane: made, changed, read and deleted in the region."""

    inputs: ClassVar[type[Inputs]]

    def __init__(self, region: Region) -> None:
        self.region = region

    def client(self, service: str) -> Any:
        """boto3's client of *service* in the region."""
        return self.region.clients(service)

    @abstractmethod
    def create(self, inputs: I) -> Made:
        """Make it."""

    def update(self, physical_id: str, old: I, new: I) -> dict[str, Plain]:
        """Change it in place; gives the outputs that changed. What cannot change is replaced instead."""
        return {}

    @abstractmethod
    def delete(self, physical_id: str, inputs: I) -> None:
        """Delete it; *inputs* is parsed from the state. AWS's "there is none" need not be caught."""

    def read(self, physical_id: str, inputs: I) -> dict[str, Plain]:
        """The properties AWS holds now, by wire name; AWS's "there is none" or GoneError says it is gone."""
        return {}


R = TypeVar("R", bound=type[Resource[Any]])
_REGISTRY: dict[str, type[Resource[Any]]] = {}


def resource(token: str) -> Callable[[R], R]:
    """Register a class as the one that does *token*."""

    def register(cls: R) -> R:
        _REGISTRY[token] = cls
        return cls

    return register


def find(token: str) -> type[Resource[Any]] | None:
    """The class that does *token*, or None: then it is recorded only."""
    return _REGISTRY.get(token)
