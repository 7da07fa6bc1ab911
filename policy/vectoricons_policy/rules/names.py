"""What things are called."""

from __future__ import annotations

import re

from pydantic import Field

from vectoricons_policy.known import Known, Stack
from vectoricons_policy.registry import Finding, Findings, Scope, rule
from vectoricons_policy.settings import Pattern, Settings, read
from vectoricons_policy.tables import name_properties


class Names(Settings):
    """Which names are right. `{project}` and `{stack}` in a pattern stand for those of the resource."""

    pattern: Pattern = Field(
        r"[A-Za-z0-9._/-]+", description="Regular expression that every physical name matches."
    )
    patterns: dict[str, Pattern] = Field(
        default={}, description="Regular expressions for single type tokens, in place of `pattern`."
    )

    def expected(self, known: Known) -> str:
        """The pattern for the name of *known*."""
        pattern = self.patterns.get(known.resource.type, self.pattern)
        return pattern.replace("{project}", known.resource.project).replace("{stack}", known.resource.stack)


@rule(
    "explicit-names",
    severity="medium",
    framework="",
    why="A made-up name has an ARN nobody can compute, so policies cannot be checked before they exist, and "
    "nobody recognises it in a bill or a log.",
    fix="Give the resource its own name, of the pattern in the pack's configuration.",
    scope=Scope.RESOURCE,
    settings=Names,
)
def resources_have_names_of_their_own(stack: Stack) -> Findings:
    """Every type that the provider would name by itself."""
    names = read(Names, "explicit-names", stack.config)
    for type_ in {resource.type for resource in stack} & name_properties().keys():
        property_ = name_properties()[type_]
        for resource in stack.known(type_, property_):
            name = resource[property_]
            if not name:
                yield Finding(
                    resource.urn, property_, f"{property_} is not given, so a random one would be made up."
                )
            elif not re.fullmatch(names.expected(resource), str(name)):
                expected = names.expected(resource)
                yield Finding(
                    resource.urn,
                    f"{property_}::{name}",
                    f'{property_} "{name}" is not of the form {expected}.',
                )
