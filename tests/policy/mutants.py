"""`python -m tests.policy.mutants`: every mandatory rule refuses, at preview, the program that breaks it.

For prod, and for the other stacks what is mandatory there too: all mutations of a stack in one preview of the
real engine, which must refuse exactly what they break. The last line is JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import vectoricons_policy.rules  # noqa: F401  # importing it registers the rules
import yaml
from vectoricons_policy.registry import RULES, Level

from tests.infra.synth import SECRETS
from tests.policy.engine import Engine
from tests.policy.mutations import MUTATIONS, TREE, Mutation

PROGRAM = """\
import sys

sys.path.insert(0, {tree!r})
from tests.policy.mutations import MUTATIONS, mutate

mutate(MUTATIONS)
"""


@dataclass(frozen=True)
class Refusals:
    """What a preview of the mutated program refused, and all that the engine said."""

    found: frozenset[tuple[str, str]]
    text: str

    def unlike(self, mutations: Iterable[Mutation]) -> list[str]:
        """What was refused although nothing broke it, and what was broken without being refused."""
        expected = {each.refused for each in mutations}
        return [
            *(
                f"{name} is refused by {rule}, which no mutation breaks there"
                for rule, name in self.found - expected
            ),
            *(f"{name} is broken for {rule} and not refused" for rule, name in expected - self.found),
        ]


def preview(stack: str, folder: Path) -> Refusals:
    """Preview *stack* of the mutated program in *folder*."""
    engine = Engine.with_stacks(folder, stack)
    (folder / "__main__.py").write_text(PROGRAM.format(tree=str(TREE)))
    project = yaml.safe_load((TREE / "Pulumi.yaml").read_text())
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({**project, "runtime": "python"}))
    settings = yaml.safe_load((TREE / f"Pulumi.{stack}.yaml").read_text())
    salt = yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_text())
    config = {**settings["config"], **SECRETS}
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({**salt, "config": config}))
    log = folder / "events.jsonl"
    outcome = engine("preview", "--event-log", str(log))
    if not log.exists():
        raise SystemExit(f"The engine did not preview {stack}:\n{outcome.text}")
    events = [json.loads(line) for line in log.read_text().splitlines()]
    told = [event["policyEvent"] for event in events if event.get("policyEvent")]
    return Refusals(frozenset(map(_refused, filter(_is_mandatory, told))), outcome.text)


def _is_mandatory(event: Mapping[str, str]) -> bool:
    return event["enforcementLevel"] == "mandatory"


def _refused(event: Mapping[str, str]) -> tuple[str, str]:
    return event["policyName"], event["resourceUrn"].rpartition("::")[2]


def binding(stack: str) -> list[Mutation]:
    """The mutations that must be refused in *stack*."""
    return [each for each in MUTATIONS if stack == "prod" or RULES[each.rule].level is Level.EVERYWHERE]


def main(stacks: Sequence[str] = ("prod", "dev")) -> int:
    """Run them all. Returns the exit code: 1 when a mutation is not refused as it should be."""
    missing = sorted(RULES.keys() - {each.rule for each in MUTATIONS})
    wrong = [f"{rule} has no mutation" for rule in missing]
    refused = 0
    for stack in stacks:
        with TemporaryDirectory(prefix="vectoricons-mutants-") as folder:
            refusals = preview(stack, Path(folder))
        unlike = refusals.unlike(binding(stack))
        wrong += [f"{stack}: {each}" for each in unlike]
        if stack == "prod":
            refused = len(refusals.found & {each.refused for each in MUTATIONS})
        sys.stdout.write(f"{stack}: {len(refusals.found)} refused, {len(binding(stack))} broken\n")
        if unlike and not refusals.found:
            sys.stdout.write(refusals.text)
    sys.stdout.write("".join(f"  {each}.\n" for each in sorted(wrong)))
    counts = {"rules": len(RULES), "mutants": len(MUTATIONS), "refused": refused}
    sys.stdout.write(json.dumps(counts) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
