"""A plan and the state it was made for: recorded at preview, checked before it is carried out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from delivery.errors import DeliveryError, Exit
from delivery.images import FILE as IMAGES
from delivery.images import Digests
from delivery.preview.digest import Digest
from delivery.pulumi import Pulumi

PREVIEW, PLAN, RECORD = "preview.json", "plan.json", "record.json"


class Record(BaseModel):
    """What a plan was made for. Its reader approves exactly that."""

    model_config = ConfigDict(frozen=True)

    stack: str
    commit: str
    state: str
    """A hash of the stack's state."""
    plan: str
    """A hash of the plan itself."""
    made: datetime

    @classmethod
    def read(cls, folder: Path) -> Self:
        """That in *folder*. Raises DeliveryError when there is none."""
        try:
            return cls.model_validate_json((folder / RECORD).read_bytes())
        except (FileNotFoundError, ValidationError) as error:
            raise DeliveryError(
                f"{folder} holds no plan. Make one: delivery plan --stack STACK --out {folder}", Exit.REFUSED
            ) from error


def make(pulumi: Pulumi, policy: Path, commit: str, folder: Path, images: Digests | None = None) -> int:
    """Preview *pulumi*'s stack into *folder*: preview, plan, and the record of the two. Pulumi's exit code.

    With *images* it is a plan to run those, and they lie beside it.

    The state is read before and after, so that a plan is never recorded for a state it was not made from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / IMAGES).unlink(missing_ok=True)
    if images:
        (folder / IMAGES).write_text(images.model_dump_json(indent=2))
        images.use(pulumi)
    before = state_of(pulumi)
    done = pulumi.attempt(
        *("preview", "--json", "--show-sames"),
        *("--save-plan", str(folder / PLAN), "--policy-pack", str(policy)),
    )
    (folder / PREVIEW).write_text(done.stdout)
    if done.returncode:
        return done.returncode
    if state_of(pulumi) != before:
        raise DeliveryError(
            f"The state of {pulumi.stack} changed while the plan was made. Make it again.", Exit.REFUSED
        )
    record = Record(
        stack=pulumi.stack,
        commit=commit,
        state=before,
        plan=_hash((folder / PLAN).read_bytes()),
        made=datetime.now(UTC),
    )
    (folder / RECORD).write_text(record.model_dump_json(indent=2))
    return 0


def use_images(pulumi: Pulumi, folder: Path) -> None:
    """Write the images that the plan in *folder* is for into the stack file; the plan holds `up` to them."""
    if (folder / IMAGES).exists():
        Digests.read(folder / IMAGES).use(pulumi)


def verify(pulumi: Pulumi, commit: str, folder: Path) -> Record:
    """The record in *folder*, if its plan is whole and still belongs to the stack's state and *commit*.

    Raises DeliveryError, whose sentence says what has changed since.
    """
    record = Record.read(folder)
    file = folder / PLAN
    if record.stack != pulumi.stack:
        raise DeliveryError(
            f"The plan in {folder} is for the stack {record.stack}, not {pulumi.stack}.", Exit.REFUSED
        )
    if record.commit != commit:
        raise DeliveryError(
            f"The plan was made from commit {record.commit[:12]}, this is {commit[:12]}. "
            "Make a plan of this one and have it approved.",
            Exit.REFUSED,
        )
    if not file.exists() or _hash(file.read_bytes()) != record.plan:
        raise DeliveryError(f"{file} is not the plan that was recorded. Make a new one.", Exit.REFUSED)
    if state_of(pulumi) != record.state:
        raise DeliveryError(
            f"The stack {pulumi.stack} has changed since the plan of {record.made:%Y-%m-%d %H:%M} UTC was "
            "approved: somebody has updated it. Make a new plan and have it approved.",
            Exit.REFUSED,
        )
    return record


def counts(folder: Path | None) -> Mapping[str, int]:
    """How many resources the preview in *folder* changes, by kind; nothing without one."""
    file = folder / PREVIEW if folder else None
    if file is None or not file.exists():
        return {}
    return Counter(change.kind for change in Digest.read(file.read_text()).changes())


def state_of(pulumi: Pulumi) -> str:
    """A hash of what *pulumi*'s stack holds: every resource and pending operation, not when it was saved."""
    exported = pulumi.export().get("deployment") or {}
    held: Mapping[str, Any] = {name: exported.get(name) or [] for name in ("resources", "pending_operations")}
    return _hash(json.dumps(held, sort_keys=True).encode())


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
