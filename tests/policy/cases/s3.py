"""Buckets and the settings beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.policy.keeping import Break, Case, given, one
from tests.policy.stacks import Declared

BUCKET = "aws:s3/bucket:Bucket"
SUBJECT = Declared(BUCKET, "subject", {"bucket": "subject"})


def setting(kind: str, properties: dict[str, Any]) -> Declared:
    """A setting of the bucket, as a resource of its own."""
    type_ = f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}"
    return Declared(
        type_, "subject-setting", {"bucket": "subject", **properties}, depends={"bucket": SUBJECT}
    )


def missing(kind: str) -> Break:
    """The setting, given to another bucket."""
    return Break(kind, {("subject-setting", "bucket"): "another"})


def about(kind: str, properties: dict[str, Any], *breaks: Break) -> Case:
    """A case about a bucket and a setting of it."""
    return Case([SUBJECT, setting(kind, properties)], breaks)


def set_to(path: str, *values: Any, detail: str) -> list[Break]:
    """The setting with each of *values* at *path*."""
    return [Break(detail, {("subject-setting", path): value}) for value in values]


BY_KEY = {
    "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": True}]
}
LIFECYCLE = {
    "rules": [
        {"status": "Disabled", "id": "old"},
        {
            "status": "Enabled",
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            "noncurrentVersionExpiration": {"noncurrentDays": 30},
        },
    ]
}
LOGS = Declared(BUCKET, "subject-logs", {"bucket": "subject-logs"})
LOGGING = replace(
    setting("BucketLogging", {"targetBucket": "subject-logs"}),
    depends={"bucket": SUBJECT, "targetBucket": LOGS},
)

CASES: dict[str, Case] = {
    "s3-sse": about(
        "BucketServerSideEncryptionConfiguration",
        BY_KEY,
        missing("BucketServerSideEncryptionConfiguration"),
        *set_to(
            "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm", "", "rot13", detail="sseAlgorithm"
        ),
        *set_to("rules.0.bucketKeyEnabled", False, None, detail="bucketKeyEnabled"),
    ),
    "s3-versioning": about(
        "BucketVersioning",
        {"versioningConfiguration": {"status": "Enabled"}},
        missing("BucketVersioning"),
        *set_to("versioningConfiguration.status", "Suspended", "Disabled", detail="BucketVersioning"),
    ),
    "s3-lifecycle": about(
        "BucketLifecycleConfiguration",
        LIFECYCLE,
        *set_to(
            "rules.1.abortIncompleteMultipartUpload.daysAfterInitiation",
            8,
            None,
            detail="abortIncompleteMultipartUpload",
        ),
        *set_to("rules.1.noncurrentVersionExpiration", None, detail="noncurrentVersionExpiration"),
    ),
    "s3-ownership": about(
        "BucketOwnershipControls",
        {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        missing("BucketOwnershipControls"),
        *set_to("rule.objectOwnership", "ObjectWriter", None, detail="BucketOwnershipControls"),
    ),
    "s3-no-inline": one(
        BUCKET,
        {"bucket": "subject"},
        *given("acl", "private", unknown=()),
        *given("versioning", {"enabled": True}, unknown=()),
        *given("serverSideEncryptionConfiguration", {"rule": {}}, unknown=()),
    ),
    "s3-access-logs": Case(
        [SUBJECT, LOGGING, LOGS],
        [
            missing("BucketLogging"),
            Break("targetBucket", {("subject-setting", "targetBucket"): "subject"}, without=["subject-logs"]),
        ],
    ),
    "s3-no-force-destroy": one(BUCKET, {"bucket": "subject"}, *given("forceDestroy", True)),
}
