"""Who uses whom: the edges between components, found in a stack's state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local.engine.state import Resource, State

SECRET_SUFFIX = re.compile(r"-[0-9a-zA-Z]{6}$")
"""What Secrets Manager adds to a name in its ARN; a policy says six question marks in its place."""
NOT_REFERENCES = {"tags", "tagsAll"}


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A component, and another one that it uses."""

    user: str
    used: str

    def __str__(self) -> str:
        return f"{self.user} -> {self.used}"


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that uses one of another component, and the property in which it says so."""

    by: Resource
    to: Resource
    where: str


@dataclass(frozen=True)
class References:
    """What in *state* refers across the borders of components, by the engine's own dependencies or by name.

    Names and ARNs are plain strings in this project, so the engine knows only some of it.
    """

    state: State

    def edges(self) -> dict[Edge, list[Reference]]:
        """Every edge, with the references it is made of."""
        found: dict[Edge, list[Reference]] = {}
        for each in self.all():
            user, used = self.state.owner(each.by), self.state.owner(each.to)
            if user is not None and used is not None and user is not used:
                found.setdefault(Edge(user.name, used.name), []).append(each)
        return dict(sorted(found.items()))

    def all(self) -> Iterator[Reference]:
        """Every reference, within components too."""
        for resource in self.state.resources:
            if resource.custom:
                yield from self._told_to_the_engine(resource)
                yield from self._named(resource)

    def _told_to_the_engine(self, resource: Resource) -> Iterator[Reference]:
        by_property = [
            (name, urn) for name, urns in resource.property_dependencies.items() for urn in urns or ()
        ]
        for where, urn in [*by_property, *(("dependsOn", urn) for urn in resource.dependencies)]:
            found = self.state.find(urn)
            if found is not None:
                yield Reference(resource, found, where)

    def _named(self, resource: Resource) -> Iterator[Reference]:
        for where, value in resource.inputs.items():
            if where not in NOT_REFERENCES:
                for text in _texts(value):
                    for name in self._pattern.findall(text):
                        yield Reference(resource, self._called[name], where)

    @cached_property
    def _called(self) -> dict[str, Resource]:
        """What a program can call a resource without asking AWS."""
        return {name: each for each in self.state.resources for name in _names(each)}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._called, key=len, reverse=True)
        return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest_first))})(?![\w-](?!\?))")


def _names(resource: Resource) -> Iterator[str]:
    match resource.type, resource.outputs:
        case "aws:secretsmanager/secret:Secret", {"arn": str(arn)}:
            yield SECRET_SUFFIX.sub("", arn)
        case "aws:s3/bucket:Bucket", {"arn": str(arn), "bucket": str(bucket)}:
            yield from (arn, bucket)
        case "aws:sqs/queue:Queue", {"arn": str(arn), "url": str(url)}:
            yield from (arn, url)
        case token, {"arn": str(arn)} if token.startswith("aws:") and not _is_about_another(resource):
            yield arn


def _is_about_another(resource: Resource) -> bool:
    """Whether the ARN is that of the resource it is a part of, such as a topic's policy."""
    return "arn" in resource.inputs


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
