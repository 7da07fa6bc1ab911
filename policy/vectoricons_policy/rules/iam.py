"""Who may do what: policy documents wherever AWS keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from vectoricons_policy.iam import Document, Kind, MalformedDocumentError, parse
from vectoricons_policy.known import Stack
from vectoricons_policy.least_privilege import excesses, mismatches, strangers
from vectoricons_policy.registry import Finding, Findings, Scope, rule

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
    framework="hub:IAM.1, hub:IAM.21, nag:IAM4, nag:IAM5",
    why="A wildcard grants what nobody listed: other people's data today, and whatever AWS adds tomorrow.",
    fix="List each action, name each resource and principal by its ARN; README.md lists the few wildcards "
    "that may stay.",
    scope=Scope.RESOURCE,
)
def grants_name_actions_and_resources(stack: Stack) -> Findings:
    """Documents, managed policies and long-lived identities of IAM."""
    for urn, path, source, kind in _sources(stack):
        try:
            for detail, message in excesses(parse(source, kind), kind):
                yield Finding(urn, detail, f"{path}: {message}")
        except MalformedDocumentError as error:
            yield Finding(urn, "Malformed", f"{path} cannot be read as a policy: {error}.")
    yield from _managed_policies(stack)
    for type_, what in LONG_LIVED.items():
        for identity in stack.of(type_):
            yield Finding(
                identity.urn, type_.split(":")[-1], f"It is {what}: a credential that does not expire."
            )


@rule(
    "iam-known-actions",
    severity="high",
    framework="",
    why="AWS takes a misspelt action without a word: what was to be allowed is not, what was to be refused "
    "is.",
    fix="Write the action as the service authorization reference has it.",
    scope=Scope.RESOURCE,
)
def documents_name_actions_that_exist(stack: Stack) -> Findings:
    """Every action of every document, refusals too."""
    for urn, path, document, _ in _documents(stack):
        for detail, message in strangers(document):
            yield Finding(urn, detail, f"{path}: {message}")


@rule(
    "iam-resource-types",
    severity="high",
    framework="",
    why="An action on an ARN of a type it is not done to is a grant that never works, and hides which was "
    "meant.",
    fix="Give the action an ARN of its own type (an object is bucket/*), in a statement of its own.",
    scope=Scope.RESOURCE,
)
def actions_fit_their_resources(stack: Stack) -> Findings:
    """Every statement that allows something and names resources."""
    for urn, path, document, kind in _documents(stack):
        if kind is not Kind.OWN:
            for detail, message in mismatches(document):
                yield Finding(urn, detail, f"{path}: {message}")


def _sources(stack: Stack) -> Iterator[tuple[str, str, object, Kind]]:
    """Whatever stands where a document should: at which resource, in which property, of which kind."""
    for kind, sources in DOCUMENTS.items():
        for type_, path in sources.items():
            for holder, source in stack.parts(type_, path):
                yield holder.urn, path, source, kind


def _documents(stack: Stack) -> Iterator[tuple[str, str, Document, Kind]]:
    """The documents that can be read; iam-no-wildcard tells of the others."""
    for urn, path, source, kind in _sources(stack):
        with suppress(MalformedDocumentError):
            yield urn, path, parse(source, kind), kind


def _managed_policies(stack: Stack) -> Findings:
    for type_, path in ATTACHED.items():
        for holder, arn in stack.parts(type_, path):
            if _AWS_MANAGED.fullmatch(str(arn)):
                message = f"{arn} is AWS's to widen; write the grants you need."
                yield Finding(holder.urn, f"ManagedPolicy::{arn}", message)
            elif path == "managedPolicyArns.*":
                message = "managedPolicyArns undoes every other attachment; attach each by its own resource."
                yield Finding(holder.urn, "managedPolicyArns", message)
