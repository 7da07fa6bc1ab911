"""Who a resource belongs to, and that nobody else writes to it."""

from __future__ import annotations

from pydantic import Field

from vectoricons_policy.attachments import SINGLE_WRITERS, Attachments
from vectoricons_policy.known import Resource, Stack
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule
from vectoricons_policy.settings import Settings, read


class Owners(Settings):
    """Whose components own resources."""

    prefix: str = Field("vectoricons:", description="How the type tokens of owning components begin.")


@rule(
    "one-owner",
    severity="medium",
    framework="",
    why="What belongs to no component, or is changed from outside the one it belongs to, breaks when either "
    "side is changed alone.",
    fix="Create it in a component with ResourceOptions(parent=self); a setting of which there is one per "
    "target, in the component that owns the target.",
    settings=Owners,
)
def resources_have_one_owner(stack: Stack) -> Findings:
    """The nearest ancestor of the configured prefix owns; a setting has the owner of its target."""
    prefix = read(Owners, "one-owner", stack.config).prefix
    owners = {resource.urn: _owner(stack, resource, prefix) for resource in stack}
    for resource in stack:
        if not resource.type.startswith(("pulumi:", prefix)) and owners[resource.urn] is None:
            yield Finding(resource.urn, "parent", f"No component of {prefix}* is among its parents.")
    for type_ in SINGLE_WRITERS:
        for target, attachments in Attachments(stack, type_):
            for attachment in attachments:
                if target in owners and owners[target] != owners[attachment.urn]:
                    yield Finding(
                        attachment.urn,
                        "target",
                        f"It sets {_label(target)}, which belongs to {_label(owners[target])}.",
                    )


def _owner(stack: Stack, resource: Resource, prefix: str) -> str | None:
    return next((parent.urn for parent in stack.ancestors(resource) if parent.type.startswith(prefix)), None)


def _label(urn: str | None) -> str:
    return urn.split("::", 3)[-1] if urn else "no component"


@rule(
    "single-writer",
    severity="high",
    framework="",
    why="AWS keeps one of these per target: a second overwrites the first, and each update undoes the other.",
    fix="Merge them into one resource, declared by the component that owns the target.",
)
def settings_have_one_writer(stack: Stack) -> Findings:
    """Policies, notifications and other settings of which a target has one."""
    for type_ in SINGLE_WRITERS:
        attached = Attachments(stack, type_)
        stack.unread.update(attachment.urn for attachment in attached.adrift)
        for target, attachments in attached:
            first, *others = sorted(attachments, key=lambda each: each.urn)
            for other in others:
                kind = type_.split(":")[-1]
                yield Finding(
                    other.urn, kind, f"{_label(target)} already has a {kind}, {first.label}; this is another."
                )


# Types whose end is the end of data that exists nowhere else.
HOLDS_DATA = (
    "aws:cognito/userPool:UserPool",
    "aws:dynamodb/table:Table",
    "aws:ecr/repository:Repository",
    "aws:efs/fileSystem:FileSystem",
    "aws:kms/key:Key",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:route53/zone:Zone",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
)


@rule(
    "stateful-protected",
    severity="high",
    framework="",
    why="A rename or a removed line deletes it with its data, in one update that somebody approved unread.",
    fix="Create it with ResourceOptions(protect=True).",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def what_holds_data_is_protected(stack: Stack) -> Findings:
    """Databases, buckets, queues, images, secrets, keys and zones."""
    for resource in stack:
        if resource.type in HOLDS_DATA and not resource.protect:
            yield Finding(resource.urn, "protect", "An update may delete it with all that is in it.")
