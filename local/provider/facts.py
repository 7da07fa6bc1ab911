"""Facts of AWS that the SDK's classes do not tell, read from the tables beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.provider.schema import ResourceType
from local.provider.values import Plain

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Identity:
    """How AWS identifies a type: its name property, and templates of its id, ARN and other outputs."""

    name: str | None = None
    id: str | None = None
    arn: str | None = None
    outputs: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """Which property carries a resource's name (`identities.toml`)."""

    table: Mapping[str, Identity]

    def identity(self, token: str) -> Identity:
        """What is known of *token*; an empty identity when nothing is."""
        return self.table.get(token, Identity())

    def filled(self, resource: ResourceType) -> frozenset[str]:
        """The outputs that AWS fills in where the program says nothing."""
        return frozenset({*resource.computed, *self.identity(resource.token).outputs})

    def property_of(self, resource: ResourceType) -> str | None:
        """The property that the real provider would fill with an invented name, or None if there is none."""
        candidate = self.identity(resource.token).name or "name"
        field = resource.inputs.get(candidate)
        return candidate if field is not None and not field.required else None


@dataclass(frozen=True, slots=True)
class Replaces:
    """Which properties AWS cannot change in place (`replaces.toml`)."""

    table: Mapping[str, Mapping[str, Any]]

    def properties(self, token: str) -> frozenset[str]:
        """Paths, without list indexes, whose change makes a new resource."""
        return frozenset(self.table.get(token, {}).get("properties", ())) | {"region"}

    def delete_first(self, token: str) -> bool:
        """Whether the old one must be gone before the new one can be made."""
        return bool(self.table.get(token, {}).get("delete_first", False))


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


NAMES = Names({token: Identity(**row) for token, row in _table("identities.toml").items()})
REPLACES = Replaces(_table("replaces.toml"))
