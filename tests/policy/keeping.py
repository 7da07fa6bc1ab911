"""A rule's cases: a stack that keeps it, and every way to break it, one change each.

Whatever is called `subject` in such a stack is called `twin` in a second one beside it, so that each case
also shows that what is unknown about the one hides nothing about the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.policy.stacks import UNKNOWN, Declared

Path = tuple[str, str]
"""A resource of the stack by its name, and a property of it: names and places in lists with dots between."""


@dataclass(frozen=True)
class Break:
    """One change that breaks a rule: the finding it makes, and at which resource."""

    detail: str
    change: Mapping[Path, Any] = field(default_factory=dict)
    without: Sequence[str] = ()
    found_at: str = "subject"
    options: Mapping[str, Any] = field(default_factory=dict)
    """Other resource options of the subject."""
    unknown: Sequence[Path] | None = None
    """What, being unknown, must keep the rule silent: by default what is changed."""

    def of(self, stack: Sequence[Declared]) -> list[Declared]:
        """*stack*, broken."""
        first, *others = [_changed(each, self.change) for each in stack if each.name not in self.without]
        return [replace(first, **self.options), *others]

    def unsaid(self, stack: Sequence[Declared]) -> list[Declared]:
        """*stack* with the same properties unknown, though not what they are computed from."""
        unknown = dict.fromkeys(self.change if self.unknown is None else self.unknown, UNKNOWN)
        return [_changed(each, unknown) for each in stack]


@dataclass(frozen=True)
class Case:
    """The stack that keeps a rule, its subject first, and the ways to break it."""

    keeps: Sequence[Declared]
    breaks: Sequence[Break]


def one(type_: str, properties: Mapping[str, Any], *breaks: Break, **options: Any) -> Case:
    """A case about a single resource."""
    return Case([Declared(type_, "subject", properties, **options)], breaks)


def given(path: str, *values: Any, detail: str | None = None, **more: Any) -> list[Break]:
    """The subject with each of *values* at *path*, found under *path* unless *detail* says otherwise."""
    return [Break(detail or path, {("subject", path): value}, **more) for value in values]


def twin(stack: Sequence[Declared]) -> list[Declared]:
    """The same stack again, beside the first: what is called subject in it is called twin."""
    return [
        replace(
            each,
            name=_renamed(each.name),
            properties=json.loads(_renamed(json.dumps(each.properties))),
            depends={name: twin([source])[0] for name, source in each.depends.items()},
        )
        for each in stack
    ]


def _renamed(text: str) -> str:
    return text.replace("subject", "twin")


def _changed(resource: Declared, change: Mapping[Path, Any]) -> Declared:
    properties = deepcopy(dict(resource.properties))
    depends = dict(resource.depends)
    for (name, path), value in change.items():
        if name == resource.name:
            _set(properties, path.split("."), value)
            if value != UNKNOWN:
                depends.pop(path.split(".")[0], None)
    return replace(resource, properties=properties, depends=depends)


def _set(holder: Any, path: list[str], value: Any) -> None:
    first, *rest = path
    key: Any = int(first) if isinstance(holder, list) else first
    if rest:
        _set(holder[key], rest, value)
    else:
        holder[key] = value
