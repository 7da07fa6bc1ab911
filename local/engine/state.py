"""A stack's exported state, parsed: its resources, and the component that owns each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

COMPONENT = "vectoricons:"
"""What the type of a component begins with."""


class Resource(BaseModel):
    """One resource as the engine keeps it, without what differs from one run to the next."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)

    urn: str
    type: str
    custom: bool = False
    id: str = ""
    parent: str = ""
    provider: str = ""
    protect: bool = False
    retain_on_delete: bool = False
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    additional_secret_outputs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its logical name: the last part of the URN."""
        return self.urn.rpartition("::")[2]

    @property
    def is_component(self) -> bool:
        """Whether it is one of the project's own nouns."""
        return self.type.startswith(COMPONENT)


@dataclass(frozen=True)
class State:
    """All resources of a stack."""

    resources: tuple[Resource, ...]

    @classmethod
    def parse(cls, deployment: Mapping[str, Any]) -> State:
        """The state that `pulumi stack export` calls `deployment`; the order in it is that of threads."""
        resources = [Resource.model_validate(each) for each in deployment.get("resources", [])]
        return cls(tuple(sorted(resources, key=lambda each: each.urn)))

    def by_component(self) -> dict[str, list[Resource]]:
        """The resources of each component, the component itself first, in the order of their names."""
        owned: dict[str, list[Resource]] = {each.name: [each] for each in self.components}
        for each in sorted(self.resources, key=lambda resource: resource.name):
            owner = self.owner(each)
            if owner is not None and owner is not each:
                owned[owner.name].append(each)
        return owned

    @cached_property
    def components(self) -> list[Resource]:
        """The project's own nouns, in the order of their names."""
        return sorted((each for each in self.resources if each.is_component), key=lambda each: each.name)

    def owner(self, resource: Resource) -> Resource | None:
        """The nearest component at or above *resource*; None for the stack itself."""
        found: Resource | None = resource
        while found is not None and not found.is_component:
            found = self.find(found.parent)
        return found

    def find(self, urn: str) -> Resource | None:
        """The resource *urn*, if the stack has it."""
        return self._by_urn.get(urn)

    @cached_property
    def _by_urn(self) -> dict[str, Resource]:
        return {each.urn: each for each in self.resources}
