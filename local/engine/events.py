"""What the engine tells while it works: how far it is, what it refuses and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.progress import Step

if TYPE_CHECKING:
    from pulumi.automation.events import EngineEvent

ROOT_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing the engine does, or would do, to a resource: `create`, `replace`, `delete`, `same`..."""

    operation: str
    type: str
    urn: str

    def __str__(self) -> str:
        return f"{self.operation} {self.urn.rpartition('::')[2]} ({self.type})"


@dataclass(slots=True)
class Account:
    """One run of the engine, as it told it."""

    step: Step
    expected: int | None = None
    """How many resources there will be, if a preview has counted them."""
    resources: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    planned: list[Planned] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

    def hear(self, event: EngineEvent) -> None:
        """Take one event in."""
        if event.resource_pre_event:
            metadata = event.resource_pre_event.metadata
            if metadata.type != ROOT_TYPE:
                self.resources[metadata.type] += 1
                self.changes[str(metadata.op.value)] += 1
                self.planned.append(Planned(str(metadata.op.value), metadata.type, metadata.urn))
            self._show(metadata.urn)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            self.errors.append(_sentence(event.diagnostic_event.urn, event.diagnostic_event.message))
        elif event.policy_event:
            told = event.policy_event
            if told.enforcement_level == "mandatory":
                self.refusals.append(f"{told.policy_name}: {_sentence(told.resource_urn, told.message)}")
            else:
                self.advice.append(_sentence(told.resource_urn, in_short(told.message)))

    def why_it_failed(self) -> str:
        """The reasons in the order they came, policy first; empty when the engine gave none."""
        return "\n".join(dict.fromkeys([*self.refusals, *self.errors]))

    def _show(self, urn: str) -> None:
        self.step.note(urn.rpartition("::")[2])
        if self.expected:
            self.step.reach(min(self.resources.total(), self.expected), self.expected)


def in_short(message: str) -> str:
    """What a policy found, of its *message*: its description stands before it, the fix behind."""
    lines = message.strip().splitlines() or [""]
    return lines[1] if len(lines) > 1 else lines[0]


def _sentence(urn: str | None, message: str) -> str:
    name = urn.rpartition("::")[2] if urn else ""
    text = message.strip()
    return f"{name}: {text}" if name and not urn.endswith(f"{ROOT_TYPE}::{name}") else text  # type: ignore[union-attr]
