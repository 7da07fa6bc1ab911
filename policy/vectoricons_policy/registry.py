"""What a rule is: a function from a stack to findings, with the words people read when it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from vectoricons_policy.known import Stack
from vectoricons_policy.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: at which resource, in which detail (waivers name it), and in words."""

    urn: str
    detail: str
    message: str


Findings = Iterator[Finding]
Check = Callable[[Stack], Findings]
Severity = Literal["low", "medium", "high", "critical"]


class Scope(Enum):
    """What a rule must see, and so when the engine asks it."""

    RESOURCE = "one resource, before it is created"
    STACK = "the whole stack, at preview and after an update"


class Level(Enum):
    """Where a finding refuses the program; elsewhere it is advice."""

    EVERYWHERE = "everywhere"
    PRODUCTION = "in production"


@dataclass(frozen=True)
class Rule:
    """A rule of the pack; the fields are what `rule` documents."""

    id: str
    severity: Severity
    framework: str
    why: str
    fix: str
    scope: Scope
    level: Level
    settings: type[Settings] | None
    check: Check

    def findings(self, stack: Stack) -> Findings:
        """What is wrong with *stack* by this rule."""
        return self.check(stack)

    def name_of(self, finding: Finding) -> str:
        """How messages and people call one finding: `iam-no-wildcard[Resource::*]`."""
        return f"{self.id}[{finding.detail}]"


RULES: dict[str, Rule] = {}


def rule(
    id_: str,
    *,
    severity: Severity,
    framework: str,
    why: str,
    fix: str,
    scope: Scope = Scope.STACK,
    level: Level = Level.EVERYWHERE,
    settings: type[Settings] | None = None,
) -> Callable[[Check], Check]:
    """Register the decorated function as the rule *id_*.

    *framework*: published controls it answers, as `hub:S3.8, nag:S2`. *why* and *fix*: a sentence each.
    *settings*: a model of the rule's configuration, which the function reads from `stack.config`; advice is
    given without one, so a rule that has settings is mandatory everywhere.
    """

    def register(check: Check) -> Check:
        if id_ in RULES:
            raise ValueError(f"Two rules are called {id_}; give one another id.")
        if settings is not None and level is not Level.EVERYWHERE:
            raise ValueError(f"{id_} has settings, so it cannot be advice; make it mandatory everywhere.")
        RULES[id_] = Rule(id_, severity, framework, why, fix, scope, level, settings, check)
        return check

    return register
