"""Buckets: closed to the public, and to plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from vectoricons_policy.attachments import BUCKET, BUCKET_POLICY, PUBLIC_ACCESS_BLOCK, Attachments
from vectoricons_policy.iam import Condition, Kind, MalformedDocumentError, Principal, Statement, parse
from vectoricons_policy.known import UNKNOWN, Stack
from vectoricons_policy.registry import Finding, rule

_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule(
    "s3-bpa",
    severity="high",
    framework="fsbp:S3.8, nag:S2",
    why="One careless ACL or policy makes a bucket public; the block makes that impossible.",
    fix="Give the bucket a BucketPublicAccessBlock with all four flags true; serve the public through a CDN.",
)
def buckets_block_public_access(stack: Stack) -> Iterator[Finding]:
    """Every bucket, the one with public objects too."""
    blocks = Attachments(stack, PUBLIC_ACCESS_BLOCK)
    for bucket in stack.of(BUCKET):
        attached = blocks.to(bucket.urn)
        if not attached and blocks.adrift:
            stack.unread.add(bucket.urn)
        elif not attached:
            yield Finding(bucket.urn, "BucketPublicAccessBlock", "It has no BucketPublicAccessBlock.")
        for block in attached:
            for flag in _FLAGS:
                if block.get(flag) is UNKNOWN:
                    stack.unread.add(bucket.urn)
                elif block.get(flag) is not True:
                    yield Finding(bucket.urn, flag, f"{flag} is not true on {block.label}.")


@rule(
    "s3-tls-only",
    severity="medium",
    framework="fsbp:S3.5, nag:S10",
    why="S3 answers plain HTTP unless its policy refuses it, and then anyone on the way reads the object.",
    fix='Deny "s3:*" to everyone on the bucket and its objects when aws:SecureTransport is false.',
)
def buckets_refuse_plain_http(stack: Stack) -> Iterator[Finding]:
    """Every bucket has a policy that denies requests without TLS."""
    policies = Attachments(stack, BUCKET_POLICY)
    for bucket in stack.known(BUCKET, "bucket"):
        documents = [policy.get("policy") for policy in policies.to(bucket.urn)]
        if UNKNOWN in documents or (not documents and policies.adrift):
            stack.unread.add(bucket.urn)
        elif not any(_refuses_plain_http(document, str(bucket["bucket"])) for document in documents):
            yield Finding(
                bucket.urn, "aws:SecureTransport", "No statement of its policy denies requests without TLS."
            )


def _refuses_plain_http(source: object, bucket: str) -> bool:
    try:
        statements = parse(source, Kind.RESOURCE).statement
    except MalformedDocumentError:
        return False
    covered = {
        resource.split(":::", 1)[-1]
        for statement in statements
        if _denies_plain_http(statement)
        for resource in statement.resource or ()
    }
    return covered >= {bucket, f"{bucket}/*"} or "*" in covered


def _denies_plain_http(statement: Statement) -> bool:
    return (
        not statement.allows
        and Principal(kind="AWS", name="*") in (statement.principal or ())
        and bool({"*", "s3:*"} & {action.lower() for action in statement.action or ()})
        and [_lower(condition) for condition in statement.condition]
        == [("bool", "aws:securetransport", ("false",))]
    )


def _lower(condition: Condition) -> tuple[str, str, tuple[str, ...]]:
    return (
        condition.operator.lower(),
        condition.key.lower(),
        tuple(value.lower() for value in condition.values),
    )
