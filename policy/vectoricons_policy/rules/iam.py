"""Who may do what: policy documents wherever AWS keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vectoricons_policy.iam import Kind, MalformedDocumentError, parse
from vectoricons_policy.known import Stack
from vectoricons_policy.least_privilege import excesses
from vectoricons_policy.registry import Finding, Scope, rule

DOCUMENTS = {
    Kind.IDENTITY: {
        "aws:iam/groupPolicy:GroupPolicy": "policy",
        "aws:iam/policy:Policy": "policy",
        "aws:iam/role:Role": "inlinePolicies.*.policy",
        "aws:iam/rolePolicy:RolePolicy": "policy",
        "aws:iam/userPolicy:UserPolicy": "policy",
        "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
    },
    Kind.TRUST: {
        "aws:iam/role:Role": "assumeRolePolicy",
    },
    Kind.RESOURCE: {
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
        "aws:ecr/registryPolicy:RegistryPolicy": "policy",
        "aws:s3/bucket:Bucket": "policy",
        "aws:s3/bucketPolicy:BucketPolicy": "policy",
        "aws:sns/topic:Topic": "policy",
        "aws:sns/topicPolicy:TopicPolicy": "policy",
        "aws:sqs/queue:Queue": "policy",
        "aws:sqs/queuePolicy:QueuePolicy": "policy",
    },
    Kind.OWN: {
        "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
        "aws:kms/externalKey:ExternalKey": "policy",
        "aws:kms/key:Key": "policy",
        "aws:kms/keyPolicy:KeyPolicy": "policy",
        "aws:kms/replicaKey:ReplicaKey": "policy",
        "aws:secretsmanager/secret:Secret": "policy",
        "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    },
    Kind.ENDPOINT: {
        "aws:ec2/vpcEndpoint:VpcEndpoint": "policy",
        "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "policy",
    },
}
ATTACHED = {
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/role:Role": "managedPolicyArns.*",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns.*",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
}
LONG_LIVED = {"aws:iam/user:User": "an IAM user", "aws:iam/accessKey:AccessKey": "an access key"}

_AWS_MANAGED = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/.+")


@rule(
    "iam-no-wildcard",
    severity="critical",
    framework="fsbp:IAM.1, fsbp:IAM.21, nag:IAM4, nag:IAM5",
    why="A wildcard grants what nobody listed: other people's data today, and whatever AWS adds tomorrow.",
    fix="List each action, name each resource and principal by its ARN; README.md lists the few wildcards "
    "that may stay.",
    scope=Scope.RESOURCE,
)
def grants_name_actions_and_resources(stack: Stack) -> Iterator[Finding]:
    """Documents, managed policies and long-lived identities of IAM."""
    yield from _documents(stack)
    yield from _managed_policies(stack)
    for type_, what in LONG_LIVED.items():
        for identity in stack.of(type_):
            yield Finding(
                identity.urn, type_.split(":")[-1], f"It is {what}: a credential that does not expire."
            )


def _documents(stack: Stack) -> Iterator[Finding]:
    for kind, sources in DOCUMENTS.items():
        for type_, path in sources.items():
            for holder, document in stack.parts(type_, path):
                yield from _judge(holder.urn, path, document, kind)


def _judge(urn: str, path: str, source: object, kind: Kind) -> Iterator[Finding]:
    try:
        document = parse(source, kind)
    except MalformedDocumentError as error:
        yield Finding(urn, "Malformed", f"{path} cannot be read as a policy: {error}.")
        return
    for detail, message in excesses(document, kind):
        yield Finding(urn, detail, f"{path}: {message}")


def _managed_policies(stack: Stack) -> Iterator[Finding]:
    for type_, path in ATTACHED.items():
        for holder, arn in stack.parts(type_, path):
            if _AWS_MANAGED.fullmatch(str(arn)):
                message = f"{arn} is AWS's to widen; write the grants you need."
                yield Finding(holder.urn, f"ManagedPolicy::{arn}", message)
            elif path == "managedPolicyArns.*":
                message = "managedPolicyArns undoes every other attachment; attach each by its own resource."
                yield Finding(holder.urn, "managedPolicyArns", message)
