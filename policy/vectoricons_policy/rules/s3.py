"""Buckets: closed to the public and to plain HTTP, encrypted, versioned, tidied, logged."""

from __future__ import annotations

from vectoricons_policy.attachments import (
    BUCKET,
    BUCKET_POLICY,
    PUBLIC_ACCESS_BLOCK,
    Attachments,
    settings_of,
    target_of,
)
from vectoricons_policy.known import UNKNOWN, Stack, at
from vectoricons_policy.properties import elements, expect, given, is_not_true, number
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule
from vectoricons_policy.resource_policies import plain_http_refusals, refuses

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
INLINE = (
    "accelerationStatus",
    "acl",
    "corsRules",
    "grants",
    "lifecycleRules",
    "loggings",
    "logging",
    "objectLockConfiguration",
    "policy",
    "replicationConfiguration",
    "requestPayer",
    "serverSideEncryptionConfiguration",
    "versioning",
    "website",
)

_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule(
    "s3-bpa",
    severity="high",
    framework="hub:S3.8, nag:S2",
    why="One careless ACL or policy makes a bucket public; the block makes that impossible.",
    fix="Give the bucket a BucketPublicAccessBlock with all four flags true; serve the public through a CDN.",
)
def buckets_block_public_access(stack: Stack) -> Findings:
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
    framework="hub:S3.5, nag:S10",
    why="S3 answers plain HTTP unless its policy refuses it, and then anyone on the way reads the object.",
    fix='Deny "s3:*" to everyone on the bucket and its objects when aws:SecureTransport is false.',
)
def buckets_refuse_plain_http(stack: Stack) -> Findings:
    """Every bucket has a policy that denies requests without TLS."""
    policies = Attachments(stack, BUCKET_POLICY)
    for bucket in stack.known(BUCKET, "bucket"):
        documents = [policy.get("policy") for policy in policies.to(bucket.urn)]
        if UNKNOWN in documents or (not documents and policies.adrift):
            stack.unread.add(bucket.urn)
        elif not any(_covers(document, str(bucket["bucket"])) for document in documents):
            yield Finding(
                bucket.urn, "aws:SecureTransport", "No statement of its policy denies requests without TLS."
            )


def _covers(source: object, bucket: str) -> bool:
    covered = {
        resource.split(":::", 1)[-1]
        for statement in plain_http_refusals(source)
        if refuses(statement, "s3:*")
        for resource in statement.resource or ()
    }
    return covered >= {bucket, f"{bucket}/*"} or "*" in covered


@rule(
    "s3-sse",
    severity="medium",
    framework="",
    why="Encryption that nobody declared can be changed by anybody, unseen.",
    fix="Declare a BucketServerSideEncryptionConfiguration with AES256, or with aws:kms and "
    "bucketKeyEnabled.",
)
def buckets_are_encrypted(stack: Stack) -> Findings:
    """Every bucket; with a key of KMS it keeps a key of its own, or each object costs a call."""
    for bucket, encryption in settings_of(stack, ENCRYPTION):
        rules = elements(encryption.properties, "rules") if encryption else []
        if not rules:
            yield Finding(bucket.urn, "BucketServerSideEncryptionConfiguration", "It declares no encryption.")
        for each in rules:
            algorithm = at(each, "applyServerSideEncryptionByDefault.sseAlgorithm")
            if algorithm not in (UNKNOWN, "AES256", "aws:kms", "aws:kms:dsse"):
                yield Finding(bucket.urn, "sseAlgorithm", f"It is encrypted by {algorithm or 'nothing'}.")
            elif algorithm == "aws:kms" and at(each, "bucketKeyEnabled") not in (True, UNKNOWN):
                yield Finding(bucket.urn, "bucketKeyEnabled", "Each of its objects costs a call to KMS.")


@rule(
    "s3-versioning",
    severity="medium",
    framework="hub:S3.14",
    why="An object that is overwritten or deleted by mistake is gone without a version of it.",
    fix="Declare a BucketVersioning with status Enabled.",
    level=Level.PRODUCTION,
)
def buckets_keep_versions(stack: Stack) -> Findings:
    """Every bucket that keeps no logs: those are written once."""
    logs = _log_buckets(stack)
    for bucket, versioning in settings_of(stack, VERSIONING):
        status = versioning.get("versioningConfiguration.status") if versioning else None
        if status not in ("Enabled", UNKNOWN) and not logs & {bucket.urn, None}:
            yield Finding(bucket.urn, "BucketVersioning", "It keeps no versions.")


@rule(
    "s3-lifecycle",
    severity="low",
    framework="hub:S3.10, hub:S3.13",
    why="Uploads that were broken off and versions that were replaced are paid for, and seen nowhere.",
    fix="Declare a BucketLifecycleConfiguration that aborts incomplete uploads within 7 days and expires "
    "noncurrent versions.",
)
def buckets_forget_what_nobody_sees(stack: Stack) -> Findings:
    """Every bucket."""
    for bucket, lifecycle in settings_of(stack, LIFECYCLE):
        rules = elements(lifecycle.properties, "rules") if lifecycle else []
        enabled = [each for each in rules if at(each, "status") in ("Enabled", UNKNOWN)]
        days = [at(each, "abortIncompleteMultipartUpload.daysAfterInitiation") for each in enabled]
        if not any(each is UNKNOWN or (number(each) or 8) <= 7 for each in days):
            yield Finding(
                bucket.urn, "abortIncompleteMultipartUpload", "It keeps uploads that were broken off."
            )
        if not any(given(each, "noncurrentVersionExpiration") for each in enabled):
            yield Finding(
                bucket.urn, "noncurrentVersionExpiration", "It keeps versions that were replaced for ever."
            )


@rule(
    "s3-ownership",
    severity="medium",
    framework="hub:S3.12",
    why="An object that another account owns, or an ACL opens, is beyond the bucket's policy.",
    fix="Declare BucketOwnershipControls with BucketOwnerEnforced, and no BucketAcl.",
)
def buckets_own_their_objects(stack: Stack) -> Findings:
    """Every bucket."""
    for bucket, controls in settings_of(stack, OWNERSHIP):
        if controls is None or controls.get("rule.objectOwnership") not in ("BucketOwnerEnforced", UNKNOWN):
            yield Finding(bucket.urn, "BucketOwnershipControls", "Others can own objects in it.")
    for acl in stack.of("aws:s3/bucketAcl:BucketAcl"):
        yield Finding(acl.urn, "BucketAcl", "An ACL opens what no policy tells.")


@rule(
    "s3-no-inline",
    severity="low",
    framework="",
    why="A setting within the bucket and a resource for the same setting undo each other at every update.",
    fix="Declare the setting as the resource that the provider has for it.",
    scope=Scope.RESOURCE,
)
def buckets_have_settings_beside_them(stack: Stack) -> Findings:
    """Every property of a bucket that the provider has made a resource of its own."""
    for bucket in stack.of(BUCKET):
        for name in INLINE:
            if given(bucket.properties, name):
                yield Finding(bucket.urn, name, f"{name} is given within the bucket.")


@rule(
    "s3-access-logs",
    severity="medium",
    framework="hub:S3.9, nag:S1",
    why="Who read an object is known only if it was written down then.",
    fix="Declare a BucketLogging to the bucket for logs.",
    level=Level.PRODUCTION,
)
def buckets_write_down_who_reads(stack: Stack) -> Findings:
    """Every bucket but those that logs are written to."""
    logs = _log_buckets(stack)
    for bucket, logging in settings_of(stack, LOGGING):
        if logging is None and None in logs:
            stack.unread.add(bucket.urn)
        elif logging is None and bucket.urn not in logs:
            yield Finding(bucket.urn, "BucketLogging", "It does not write down who reads it.")
        elif logging and target_of(stack, logging, "targetBucket", BUCKET) == bucket.urn:
            yield Finding(bucket.urn, "targetBucket", "It logs into itself, and each log is logged again.")


@rule(
    "s3-no-force-destroy",
    severity="high",
    framework="",
    why="A bucket that may be destroyed full takes every object with it in one update.",
    fix="Leave forceDestroy out, or set it to false.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def buckets_are_not_destroyed_full(stack: Stack) -> Findings:
    """Every bucket."""
    yield from expect(
        stack, BUCKET, "forceDestroy", is_not_true, "It may be destroyed with all that is in it."
    )


def _log_buckets(stack: Stack) -> set[str | None]:
    """Buckets that another's logs are written to."""
    return {target_of(stack, logging, "targetBucket", BUCKET) for logging in stack.of(LOGGING)}
