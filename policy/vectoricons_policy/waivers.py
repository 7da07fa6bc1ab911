"""Exceptions to rules: one finding at one resource each, with a reason, an owner and an end.

A waiver that has ended, waives nothing or cannot be read is itself a violation, so none outlives its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from vectoricons_policy.known import Stack
from vectoricons_policy.registry import RULES, Finding, Rule

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Waiver(BaseModel):
    """One finding that is accepted for now."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    rule: Words
    finding: Words
    urn: Annotated[str, StringConstraints(pattern=r"^urn:pulumi:[^:*]+::[^:*]+::[^*]+::[^*]+$")]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]
    owner: Words
    expires: date

    @property
    def key(self) -> tuple[str, str, str]:
        """What it waives."""
        return self.rule, self.finding, self.urn

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"{self.rule}[{self.finding}]"


def today() -> date:
    """The day in UTC, so that a waiver ends at one moment everywhere."""
    return datetime.now(UTC).date()


@dataclass
class Waivers:
    """The waivers of a pack, and which of them this run needed."""

    entries: dict[tuple[str, str, str], Waiver]
    faults: list[str] = field(default_factory=list)
    _applied: set[tuple[str, str, str]] = field(default_factory=set)
    _examined: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def load(cls, path: Path) -> Waivers:
        """The waivers in the YAML file *path*; what is wrong with it becomes `faults`. No file, none."""
        try:
            found = yaml.safe_load(path.read_text()) if path.exists() else None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            return cls({}, [f"{path.name} is not YAML: {' '.join(str(error).split())}."])
        if not isinstance(found, list | None):
            return cls({}, [f"{path.name} must be a list of waivers."])
        waivers = cls({})
        for number, entry in enumerate(found or (), 1):
            waivers._add(entry, f"{path.name}, waiver {number}")
        return waivers

    def _add(self, entry: object, where: str) -> None:
        try:
            waiver = Waiver.model_validate(entry)
        except ValidationError as error:
            for each in error.errors(include_url=False):
                self.faults.append(f"{where}: {'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}.")
            return
        if waiver.rule not in RULES:
            self.faults.append(f"{where}: there is no rule {waiver.rule}.")
        elif waiver.key in self.entries:
            self.faults.append(f"{where}: {waiver.title} is waived twice for {waiver.urn}.")
        else:
            self.entries[waiver.key] = waiver

    def sift(self, rule: Rule, stack: Stack) -> Iterator[Finding]:
        """The findings of *rule* in *stack* that nothing waives; notes what was waived and looked at."""
        for finding in rule.findings(stack):
            waiver = self.entries.get((rule.id, finding.detail, finding.urn))
            if waiver and waiver.expires >= today():
                self._applied.add(waiver.key)
            else:
                yield finding
        self._examined.update(
            (rule.id, resource.urn) for resource in stack if resource.urn not in stack.unread
        )

    def applied(self) -> Iterator[Waiver]:
        """Those that waived something."""
        return (waiver for waiver in self.entries.values() if waiver.key in self._applied)

    def expired(self, stack: Stack) -> Iterator[Waiver]:
        """Those of *stack* that have ended."""
        return (waiver for waiver in self._of(stack) if waiver.expires < today())

    def unused(self, stack: Stack) -> Iterator[Waiver]:
        """Those of *stack* in force that waive nothing; silent where the rule could not see everything."""
        for waiver in self._of(stack):
            seen = (waiver.rule, waiver.urn) in self._examined
            if (
                waiver.expires >= today()
                and waiver.key not in self._applied
                and (seen or waiver.urn not in stack)
            ):
                yield waiver

    def _of(self, stack: Stack) -> Iterator[Waiver]:
        """A waiver for one stack says nothing of another."""
        here = {_home(resource.urn) for resource in stack}
        return (waiver for waiver in self.entries.values() if _home(waiver.urn) in here)


def _home(urn: str) -> tuple[str, ...]:
    return tuple(urn.split("::")[:2])
