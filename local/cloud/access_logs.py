"""Buckets' access logs: whether the bucket for logs lets S3 write there is for its policy to say.

moto compares the policy's text with one form of it; here the policy is read, with its conditions.
"""

from __future__ import annotations

from typing import Any

from moto.s3.exceptions import InvalidTargetBucketForLogging
from moto.s3.models import FakeBucket, S3Backend

from local.cloud.policies import Decision, Document, Request, decide

S3_LOGS = {"Service": "logging.s3.amazonaws.com"}


class AccessLogs:
    """The rule in moto, from its making until `stop`."""

    def __init__(self) -> None:
        # moto has no public hook: its own way is put back by `stop`
        bucket: Any = FakeBucket
        self._set = bucket.set_logging
        bucket.set_logging = _set_logging

    def stop(self) -> None:
        """Give moto its own way back."""
        bucket: Any = FakeBucket
        bucket.set_logging = self._set


def _set_logging(bucket: FakeBucket, config: dict[str, Any] | None, s3: S3Backend) -> None:
    target = s3.buckets.get(config["TargetBucket"]) if config else None
    if config and (target is None or not _takes_logs(target, config["TargetPrefix"], bucket)):
        raise InvalidTargetBucketForLogging(
            f"The policy of {config['TargetBucket']} does not let S3 write the log of {bucket.name} there."
        )
    bucket.logging = config or {}


def _takes_logs(target: FakeBucket, prefix: str, source: FakeBucket) -> bool:
    asked = Request(
        "s3:PutObject",
        f"arn:aws:s3:::{target.name}/{prefix}log",
        S3_LOGS,
        {
            "aws:SecureTransport": "true",
            "aws:SourceAccount": source.account_id,
            "aws:SourceArn": f"arn:aws:s3:::{source.name}",
        },
    )
    policies = [Document.read(target.policy.decode())] if target.policy else []
    return decide(policies, asked) is Decision.ALLOWED
