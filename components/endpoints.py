"""What may pass the network's doors to AWS: what some role of the program may do, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from components.iam import Statement, document, through

# The prefix of the actions behind each door.
_PREFIX = {"ecr.api": "ecr", "ecr.dkr": "ecr", "email": "ses"}

LONGEST = 20_480  # characters of an endpoint's policy
# A policy has a statement; one that lets nothing through says so.
_NOTHING = Statement(effect="Deny", actions=["*"], on=["*"], principal="*")


def endpoint_policy(door: str, granted: Sequence[Statement], *, account: str, region: str) -> str:
    """The policy of the endpoint *door* ("s3", "sqs"): of what is *granted*, what goes through it."""
    prefix = _PREFIX.get(door, door)
    passing = {
        json.dumps(each.as_dict()): each
        for each in granted
        if any(action.startswith(f"{prefix}:") for action in each.actions)
    }
    statements = [through(account, each) for _, each in sorted(passing.items())]
    return document(*(*statements, *_layers(door, region)) or (_NOTHING,), longest=LONGEST)


def _layers(door: str, region: str) -> Iterator[Statement]:
    """The layers of images lie in a bucket of ECR's, and are fetched by links that ECR has signed."""
    if door == "s3":
        bucket = f"arn:aws:s3:::prod-{region}-starport-layer-bucket"
        yield Statement(actions=["s3:GetObject"], on=[f"{bucket}/*"], principal="*")
