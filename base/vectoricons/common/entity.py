"""Entities: what the domain hands out. Frozen, and their JSON is the HTTP representation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, model_validator
from pydantic.alias_generators import to_camel

from vectoricons.common.row import Table

CENT = Decimal("0.01")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Money = Annotated[
    Decimal, AfterValidator(lambda amount: amount.quantize(CENT)), PlainSerializer(str, when_used="json")
]
"""US dollars, two decimals; in JSON a string, since a float cannot hold cents."""


def _frozen(value: Any) -> Any:
    match value:
        case Mapping():
            return MappingProxyType({key: _frozen(item) for key, item in value.items()})
        case list() | tuple():
            return tuple(_frozen(item) for item in value)
        case _:
            return value


def _thawed(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _thawed(item) for key, item in value.items()}
        case tuple():
            return [_thawed(item) for item in value]
        case _:
            return value


Json = Annotated[Mapping[str, Any], AfterValidator(_frozen), PlainSerializer(_thawed)]
"""A JSON object that nobody can change, at any depth."""

Hidden = Field(exclude=True, repr=False)
"""``Annotated[str, Hidden]``: a field that never leaves the process: in no JSON, no log, no event."""


class Entity(BaseModel):
    """Base of every entity: from a row or mapping, camelCase out, unknown keys dropped, writes refused."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True
    )

    id: int | UUID

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, value: Any) -> Any:
        return value.loaded() if isinstance(value, Table) else value

    @classmethod
    def entity_name(cls) -> str:
        """The entity's name in events, URLs and polymorphic pairs: ``product-type`` for ``ProductType``."""
        return kind_of(cls.__name__)

    @classmethod
    def hidden_fields(cls) -> frozenset[str]:
        """Names of the fields no representation shows."""
        return frozenset(name for name, field in cls.model_fields.items() if field.exclude)

    def clone_with(self, **changes: Any) -> Self:
        """A copy with *changes*, checked like a new one; this one stays as it is."""
        known = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self).model_validate({**known, **changes})

    def to_json(self) -> dict[str, Any]:
        """Plain camelCase data: ISO dates in UTC, money as text, nothing hidden or not loaded."""
        return self.model_dump(mode="json", exclude_unset=True)


class Timestamped(Entity):
    """An entity that knows when it was made and last changed (UTC, microseconds)."""

    created_at: datetime
    updated_at: datetime


@cache
def kind_of(class_name: str) -> str:
    """``ProductType`` -> ``product-type``."""
    return _HUMP.sub("-", class_name).lower()
