"""Resources that set one aspect of another: which they are, and how they say whom they are about.

AWS keeps one such setting per target, so a second resource of the same type silently overwrites the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vectoricons_policy.known import UNKNOWN, Resource, Stack
from vectoricons_policy.tables import name_properties

BUCKET = "aws:s3/bucket:Bucket"
QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"


@dataclass(frozen=True)
class Reference:
    """The property in which an attachment names its target, and the target's type."""

    property: str
    target: str


BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy"
REDRIVE_ALLOW_POLICY = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"

SINGLE_WRITERS = {
    **{
        f"aws:s3/{name[0].lower()}{name[1:]}:{name}": Reference("bucket", BUCKET)
        for name in (
            "BucketAccelerateConfiguration",
            "BucketAcl",
            "BucketCorsConfiguration",
            "BucketLifecycleConfiguration",
            "BucketLogging",
            "BucketNotification",
            "BucketObjectLockConfiguration",
            "BucketOwnershipControls",
            "BucketPolicy",
            "BucketPublicAccessBlock",
            "BucketReplicationConfig",
            "BucketRequestPaymentConfiguration",
            "BucketServerSideEncryptionConfiguration",
            "BucketVersioning",
            "BucketWebsiteConfiguration",
        )
    },
    "aws:sqs/queuePolicy:QueuePolicy": Reference("queueUrl", QUEUE),
    REDRIVE_POLICY: Reference("queueUrl", QUEUE),
    REDRIVE_ALLOW_POLICY: Reference("queueUrl", QUEUE),
    "aws:sns/topicPolicy:TopicPolicy": Reference("arn", TOPIC),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Reference("vpcId", "aws:ec2/vpc:Vpc"),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": Reference(
        "vpcEndpointId", "aws:ec2/vpcEndpoint:VpcEndpoint"
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Reference("repository", "aws:ecr/repository:Repository"),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": Reference("repository", "aws:ecr/repository:Repository"),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Reference(
        "clusterName", "aws:ecs/cluster:Cluster"
    ),
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": Reference("roleName", "aws:iam/role:Role"),
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": Reference(
        "roleName", "aws:iam/role:Role"
    ),
    "aws:kms/keyPolicy:KeyPolicy": Reference("keyId", "aws:kms/key:Key"),
    "aws:secretsmanager/secretPolicy:SecretPolicy": Reference(
        "secretArn", "aws:secretsmanager/secret:Secret"
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": Reference(
        "secretId", "aws:secretsmanager/secret:Secret"
    ),
}


class Attachments:
    """Who is attached to whom in a stack, as far as it is known."""

    def __init__(self, stack: Stack, type_: str) -> None:
        self._by_target: dict[str, list[Resource]] = {}
        self.adrift: list[Resource] = []
        reference = SINGLE_WRITERS[type_]
        for attachment in stack.of(type_):
            target = target_of(stack, attachment, reference.property, reference.target)
            if target is None:
                self.adrift.append(attachment)
            else:
                self._by_target.setdefault(target, []).append(attachment)

    def __iter__(self) -> Iterator[tuple[str, list[Resource]]]:
        return iter(self._by_target.items())

    def to(self, urn: str) -> list[Resource]:
        """The attachments of the resource *urn*. While `adrift` is not empty there may be more."""
        return self._by_target.get(urn, [])


def settings_of(stack: Stack, type_: str) -> Iterator[tuple[Resource, Resource | None]]:
    """Every target of the attachments *type_* with each of its own, or with None where it has none.

    Silent of a target that has none yet while one is adrift.
    """
    attachments = Attachments(stack, type_)
    for target in stack.of(SINGLE_WRITERS[type_].target):
        attached = attachments.to(target.urn)
        if not attached and attachments.adrift:
            stack.unread.add(target.urn)
        elif not attached:
            yield target, None
        for attachment in attached:
            yield target, attachment


def target_of(stack: Stack, resource: Resource, property_: str, type_: str) -> str | None:
    """The URN of the *type_* that *property_* of *resource* names; a name from elsewhere as it stands.

    What the value does not tell, being unknown or an id that the target does not have among its properties,
    is told by what it was computed from. None when neither does.
    """
    value = resource.get(property_)
    found = None if value is UNKNOWN else named(stack, str(value), type_)
    if found is not None and found in stack:
        return found
    candidates = {candidate.urn for candidate in stack.of(type_)}
    sources = candidates & resource.dependencies.get(property_, frozenset())
    return sources.pop() if len(sources) == 1 else found


def named(stack: Stack, value: str, type_: str) -> str | None:
    """The URN of the *type_* whose name, ARN, URL or id *value* is; a name from elsewhere as it stands.

    None while a resource whose own name is unknown could be the one.
    """
    name = re.split(r"[:/]", value)[-1]
    unnamed = False
    for candidate in stack.of(type_):
        own = candidate.get(name_properties().get(type_, "name"))
        if own == name or value in (candidate.get("arn"), candidate.get("id"), candidate.get("url")):
            return candidate.urn
        unnamed = unnamed or own is UNKNOWN
    return None if unnamed else value
