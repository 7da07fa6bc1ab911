"""Whether AWS is still what the state says: a refresh that changes nothing, read into a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.errors import DeliveryError, Exit
from delivery.preview.digest import Digest
from delivery.pulumi import Pulumi

NAMED = 15
UNCHANGED = frozenset({"same", "refresh", "read"})


@dataclass(frozen=True, slots=True)
class Drift:
    """What is no longer as the state says."""

    stack: str
    names: Sequence[str]
    looked_at: int

    @property
    def sentence(self) -> str:
        """It for a person."""
        if not self.names:
            return f"The stack {self.stack} is as its state says: {self.looked_at} resources looked at."
        more = f" and {len(self.names) - NAMED} more" if len(self.names) > NAMED else ""
        return (
            f"{len(self.names)} of {self.looked_at} resources of {self.stack} are not as its state says: "
            f"{', '.join(self.names[:NAMED])}{more}. What to do: docs/runbooks/drift.md."
        )


def look(pulumi: Pulumi) -> Drift:
    """Ask AWS about every resource of *pulumi*'s stack. Raises DeliveryError when it cannot be asked."""
    arguments = ("refresh", "--preview-only", "--expect-no-changes", "--json")
    done = pulumi.attempt(*arguments)
    if not done.stdout.lstrip().startswith("{"):
        raise DeliveryError(pulumi.explain(arguments, done), Exit.REFUSED)
    digest = Digest.read(done.stdout)
    changed = [step.urn.rpartition("::")[2] for step in digest.steps if step.op not in UNCHANGED]
    looked_at = sum(digest.change_summary.values())
    if done.returncode and not changed:
        raise DeliveryError("; ".join(digest.errors) or pulumi.explain(arguments, done), Exit.REFUSED)
    return Drift(pulumi.stack, sorted(changed), looked_at)
