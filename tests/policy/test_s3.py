"""s3-bpa and s3-tls-only: no bucket is open to the public or to plain HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_BOOLEAN_VALUE

from tests.policy.stacks import UNKNOWN, Declared, document, refused

BUCKET = Declared("aws:s3/bucket:Bucket", "uploads", {"bucket": "icons"})
CLOSED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
DENY: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::icons", "arn:aws:s3:::icons/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def block(flags: Mapping[str, Any], bucket: str = "icons", depends: Declared | None = None) -> Declared:
    return Declared(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        f"block-{len(flags)}",
        {"bucket": bucket, **CLOSED, **flags},
        depends={"bucket": depends} if depends else {},
    )


def policy(document_: str, bucket: str = "icons", depends: Declared | None = None) -> Declared:
    return Declared(
        "aws:s3/bucketPolicy:BucketPolicy",
        "policy",
        {"bucket": bucket, "policy": document_},
        depends={"bucket": depends} if depends else {},
    )


class TestPublicAccessBlock:
    def test_passes_a_closed_bucket(self) -> None:
        assert refused("s3-bpa", BUCKET, block({})) == set()
        assert refused("s3-bpa", BUCKET, block({}, UNKNOWN, BUCKET)) == set()

    def test_refuses_a_bucket_without_a_block(self) -> None:
        assert refused("s3-bpa", BUCKET, block({}, "another")) == {"uploads: BucketPublicAccessBlock"}

    @pytest.mark.parametrize("flag", CLOSED)
    @pytest.mark.parametrize("value", [False, None])
    def test_refuses_each_flag_that_is_not_set(self, flag: str, value: bool | None) -> None:
        assert refused("s3-bpa", BUCKET, block({flag: value})) == {f"uploads: {flag}"}

    def test_unknown_at_preview_says_nothing_and_hides_nothing(self) -> None:
        half_known = block({"blockPublicAcls": UNKNOWN_BOOLEAN_VALUE, "ignorePublicAcls": False})
        assert refused("s3-bpa", BUCKET, half_known) == {"uploads: ignorePublicAcls"}
        bare = Declared("aws:s3/bucket:Bucket", "bare", {"bucket": "bare"})
        assert refused("s3-bpa", bare, block({}, UNKNOWN)) == set()
        assert refused("s3-bpa", BUCKET, bare, block({"ignorePublicAcls": False}), block({}, UNKNOWN)) == {
            "uploads: ignorePublicAcls"
        }


class TestTlsOnly:
    def test_passes_a_bucket_that_refuses_plain_http(self) -> None:
        assert refused("s3-tls-only", BUCKET, policy(document(DENY))) == set()

    def test_passes_a_refusal_in_two_statements_or_other_words(self) -> None:
        halves = [
            {**DENY, "Resource": arn, "Action": "*", "Principal": {"AWS": "*"}} for arn in DENY["Resource"]
        ]
        assert refused("s3-tls-only", BUCKET, policy(document(*halves))) == set()
        assert refused("s3-tls-only", BUCKET, policy(document({**DENY, "Resource": "*"}))) == set()

    @pytest.mark.parametrize(
        "change",
        [
            {"Effect": "Allow"},
            {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
            {"Action": "s3:GetObject"},
            {"Resource": "arn:aws:s3:::icons/*"},
            {"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::other/*"]},
            {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:userid": "x"}}},
            {"Condition": {}},
            {"Efect": "Deny"},
        ],
    )
    def test_refuses_a_policy_that_leaves_a_way(self, change: dict[str, Any]) -> None:
        assert refused("s3-tls-only", BUCKET, policy(document({**DENY, **change}))) == {
            "uploads: aws:SecureTransport"
        }

    def test_refuses_a_bucket_without_a_policy(self) -> None:
        assert refused("s3-tls-only", BUCKET) == {"uploads: aws:SecureTransport"}

    def test_unknown_at_preview_says_nothing_and_hides_nothing(self) -> None:
        bare = Declared("aws:s3/bucket:Bucket", "bare", {"bucket": "bare"})
        untold = Declared("aws:s3/bucket:Bucket", "untold", {"bucket": UNKNOWN})
        assert refused("s3-tls-only", BUCKET, bare, policy(UNKNOWN)) == {"bare: aws:SecureTransport"}
        assert refused("s3-tls-only", BUCKET, bare, policy(document(DENY), UNKNOWN, BUCKET)) == {
            "bare: aws:SecureTransport"
        }
        assert refused("s3-tls-only", BUCKET, policy(document(DENY), UNKNOWN)) == set()
        assert refused("s3-tls-only", untold) == set()
