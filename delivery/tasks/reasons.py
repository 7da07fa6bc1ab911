"""Why a task was not run or did not end well, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_CAPACITY = "Fargate has no capacity of that kind just now. Try again later, or take --on-demand capacity."
_SPOT = "Spot took its capacity back. Run the same command again: what keeps checkpoints goes on from them."
_IMAGE = (
    "Its image cannot be pulled. See that its digest is in the repository and the subnets have a way to it."
)
_UNREADABLE = (
    "A secret of it cannot be read. See that it has a value, and that the execution role may read it."
)
_LOG = "Its log cannot be written. See that the group exists, and that the execution role may write to it."
_DENIED = "You may not do that with these credentials. See whose they are: aws sts get-caller-identity"

# Signs in what ECS says, in the order they are looked for, with what they mean for the person who waits.
SENTENCES: Sequence[tuple[str, str]] = (
    ("Capacity is unavailable", _CAPACITY),
    ("RESOURCE:", "The cluster has no room for it. Try again later, or ask for fewer shards."),
    (
        "limit on the number of tasks",
        "The Fargate quota is used up. Ask for fewer shards, or raise the quota.",
    ),
    ("SpotInterruption", _SPOT),
    ("Spot Task was interrupted", _SPOT),
    ("CannotPullContainer", _IMAGE),
    ("unable to pull secrets", _UNREADABLE),
    ("secretsmanager", _UNREADABLE),
    ("failed to validate logger args", _LOG),
    ("network interface", "Its network interface did not come up. See that the subnets have free addresses."),
    ("OutOfMemory", "It needed more memory than its size gives it. Raise its size in the stack file."),
    ("AccessDenied", _DENIED),
)


def in_words(said: str) -> str:
    """What *said*, ECS's own words, means; they come after it."""
    meaning = next((words for sign, words in SENTENCES if sign in said), "")
    return f"{meaning} ECS says: {said}" if meaning else said or "ECS gave no reason."


def of_task(task: Mapping[str, Any]) -> str:
    """Why *task*, as DescribeTasks tells it, stopped: its own reason and those of its containers."""
    parts = [task.get("stopCode", ""), task.get("stoppedReason", "")]
    parts += [container.get("reason", "") for container in task.get("containers", [])]
    return in_words(": ".join(dict.fromkeys(part for part in parts if part)))
