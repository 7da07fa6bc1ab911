"""Buckets: private to the account, over TLS alone, whoever's images they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Output, ResourceOptions
from pulumi_aws import s3

from components.base import Component
from components.iam import Statement, accept, document, grant, tls_only
from components.messaging import Queue, Sender


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketArgs:
    """Who may post from a browser, which service of AWS may read, and what is forgotten."""

    forms_from: Sequence[str] = ()  # origins whose pages may POST a presigned form
    served_by_cdn: bool = False  # this account's distributions may read
    expire_days: int | None = None  # objects live for ever without it


class Bucket(Component):
    """An S3 bucket with all that AWS leaves off by default.

    Creates: aws.s3.Bucket, aws.s3.BucketOwnershipControls, aws.s3.BucketPublicAccessBlock,
    aws.s3.BucketPolicy, aws.s3.BucketServerSideEncryptionConfiguration, aws.s3.BucketVersioning,
    aws.s3.BucketLifecycleConfiguration, and aws.s3.BucketCorsConfiguration where browsers post.
    """

    def __init__(self, name: str, args: BucketArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.name = self.names.of("bucket", name)
        self.arn = self.names.arn("bucket", self.name)
        self._bucket = s3.Bucket(
            self.child("bucket"),
            bucket=self.name,
            force_destroy=not self.care.protect,
            tags=self.tags(),
            opts=self.child_opts(protect=self.care.protect),
        )
        self.created: Output[str] = self._bucket.bucket
        self._shut(args)
        self._keep(args.expire_days)
        if args.forms_from:
            s3.BucketCorsConfiguration(
                self.child("cors"),
                bucket=self.created,
                cors_rules=[
                    {
                        "allowed_methods": ["POST"],
                        "allowed_origins": list(args.forms_from),
                        "allowed_headers": ["content-type"],
                        "expose_headers": ["etag"],
                        "max_age_seconds": 3600,
                    }
                ],
                opts=self.child_opts(),
            )
        self.register_outputs({"name": self.created})

    def _shut(self, args: BucketArgs) -> None:
        s3.BucketOwnershipControls(
            self.child("ownership"),
            bucket=self.created,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.child_opts(),
        )
        block = s3.BucketPublicAccessBlock(
            self.child("public-access"),
            bucket=self.created,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child_opts(),
        )
        cdn = accept(
            "cloudfront.amazonaws.com",
            "s3:GetObject",
            on=f"{self.arn}/*",
            source=f"arn:aws:cloudfront::{self.names.account}:distribution/*",
        )
        s3.BucketPolicy(
            self.child("policy"),
            bucket=self.created,
            policy=document(
                tls_only("s3:*", self.arn, f"{self.arn}/*"), *([cdn] if args.served_by_cdn else [])
            ),
            # S3 refuses two changes to one bucket's access at once.
            opts=self.child_opts(depends_on=[block]),
        )

    def _keep(self, expire_days: int | None) -> None:
        s3.BucketServerSideEncryptionConfiguration(
            self.child("encryption"),
            bucket=self.created,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self.child_opts(),
        )
        versioning = s3.BucketVersioning(
            self.child("versioning"),
            bucket=self.created,
            versioning_configuration={"status": "Enabled"},
            opts=self.child_opts(),
        )
        s3.BucketLifecycleConfiguration(
            self.child("lifecycle"),
            bucket=self.created,
            rules=[
                {
                    "id": "tidy",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 2},
                    "noncurrent_version_expiration": {"noncurrent_days": 30},
                    "expiration": {"days": expire_days} if expire_days else None,
                }
            ],
            opts=self.child_opts(depends_on=[versioning]),
        )

    def read(self, *keys: str) -> Statement:
        """Leave to get the objects under *keys*, such as ``svg/*``."""
        return grant("s3:GetObject", on=[f"{self.arn}/{key}" for key in keys])

    def write(self, *keys: str) -> Statement:
        """Leave to put objects under *keys*."""
        return grant("s3:PutObject", on=[f"{self.arn}/{key}" for key in keys])

    def sends(self) -> Sender:
        """This bucket as one that a queue takes messages from."""
        return Sender("s3.amazonaws.com", self.arn, self.names.account)


def notify(bucket: Bucket, *, on: str, to: Queue) -> None:
    """Tell *to* of every event *on* (``s3:ObjectCreated:*``) in *bucket*, the notification's one owner.

    Creates: aws.s3.BucketNotification.
    """
    s3.BucketNotification(
        bucket.child("notification"),
        bucket=bucket.created,
        queues=[{"id": "arrivals", "queue_arn": to.arn, "events": [on]}],
        # S3 sends a test message at once, which the queue's policy must already let in.
        opts=bucket.child_opts(depends_on=to.ready),
    )
