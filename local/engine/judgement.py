"""What the policy pack says of a state: `pulumi policy analyze --json`, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from local.engine.events import in_short
from local.setup.errors import CommandError, Exit

# The policy by which the pack tells what it lets pass.
_WAIVED = "waivers-applied"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel)
    resource_urn: str
    message: str
    policy_name: str
    enforcement_level: str

    @property
    def words(self) -> str:
        """Where and what, and how to put it right, without the policy's description, which comes first."""
        return f"{self._where}: {self.message.strip().partition(chr(10))[2]}"

    @property
    def line(self) -> str:
        """Where and what."""
        return f"{self._where}: {in_short(self.message)}"

    @property
    def _where(self) -> str:
        return self.resource_urn.rpartition("::")[2]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel)
    policy_event: _Told | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is refused, a paragraph each; what is advised against, and what a waiver lets pass, a line."""

    findings: Sequence[str]
    advice: Sequence[str]
    waived: Sequence[str]

    @classmethod
    def of(cls, events: str, errors: str) -> Judgement:
        """What the engine told in *events*. Raises CommandError with its last *errors* if it told nothing."""
        try:
            told = [_Event.model_validate_json(line).policy_event for line in events.splitlines()]
        except ValidationError:
            told = []
        if not told:
            last = (errors.strip().splitlines() or ["the engine gave no reason"])[-1]
            raise CommandError(
                f"The policies could not be asked: {last.removeprefix('error: ')}", Exit.MACHINE
            )
        found = sorted((each for each in told if each), key=lambda each: (each.policy_name, each.words))
        mandatory = [each for each in found if each.enforcement_level == "mandatory"]
        waived = [each for each in found if each.policy_name == _WAIVED]
        return cls(
            [each.words for each in mandatory],
            [each.line for each in found if each not in mandatory and each not in waived],
            [each.line for each in waived],
        )
