"""Buckets: private to the account, over TLS alone, whoever's images they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import s3

from components.base import Component
from components.iam import Statement, accept, document, grant, tls_only
from components.messaging import Queue, Sender

# The prefixes of a bucket that keeps logs, by who writes there.
BUCKETS, CDN, LOAD_BALANCER = "buckets", "cdn", "load-balancer"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A service of AWS that brings logs: under which prefix, and of which source."""

    service: str
    under: str
    source: str  # the ARN, with {stem}, {region} and {account} of the deployment


ACCESS_LOGS = (
    Delivery("logging.s3.amazonaws.com", BUCKETS, "arn:aws:s3:::{stem}-*"),
    Delivery("delivery.logs.amazonaws.com", CDN, "arn:aws:logs:us-east-1:{account}:delivery-source:{stem}-*"),
    Delivery(
        "logdelivery.elasticloadbalancing.amazonaws.com",
        LOAD_BALANCER,
        "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{stem}-*",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketArgs:
    """Who may post from a browser, which services of AWS come in, and what is forgotten."""

    forms_from: Sequence[str] = ()  # origins whose pages may POST a presigned form
    served_by_cdn: bool = False  # its policy is made by let_read, for it names the distribution
    expire_days: int | None = None  # objects live for ever without it
    logs: Bucket | None = None  # where it is written down who asked for what
    deliveries: Sequence[Delivery] = ()  # for a bucket that keeps logs


class Bucket(Component):
    """An S3 bucket with all that AWS leaves off by default.

    Creates: aws.s3.Bucket, aws.s3.BucketOwnershipControls, aws.s3.BucketPublicAccessBlock,
    aws.s3.BucketPolicy, aws.s3.BucketServerSideEncryptionConfiguration, aws.s3.BucketVersioning,
    aws.s3.BucketLifecycleConfiguration, aws.s3.BucketCorsConfiguration where browsers post, and
    aws.s3.BucketLogging where it is told a bucket for logs.
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
        self.ready = self.created  # its name, once its policy stands
        self._block = self._shut()
        if not args.served_by_cdn:
            self.write_policy(document(self.over_tls, *map(self._accept, args.deliveries)))
        self._keep(args.expire_days)
        if args.logs:
            s3.BucketLogging(
                self.child("access-log"),
                bucket=self.created,
                target_bucket=args.logs.ready,
                target_prefix=f"{BUCKETS}/{self.name}/",
                target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
                opts=self.child_opts(),
            )
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

    def _shut(self) -> s3.BucketPublicAccessBlock:
        s3.BucketOwnershipControls(
            self.child("ownership"),
            bucket=self.created,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.child_opts(),
        )
        return s3.BucketPublicAccessBlock(
            self.child("public-access"),
            bucket=self.created,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child_opts(),
        )

    @property
    def over_tls(self) -> Statement:
        """The statement that begins the policy of every bucket."""
        return tls_only("s3:*", self.arn, f"{self.arn}/*")

    def _accept(self, delivery: Delivery) -> Statement:
        where = {"stem": self.names.stem, "region": self.names.region, "account": self.names.account}
        return accept(
            delivery.service,
            "s3:PutObject",
            on=f"{self.arn}/{delivery.under}/*",
            source=delivery.source.format(**where),
            account=self.names.account,
        )

    def write_policy(self, policy: Input[str]) -> None:
        """Give the bucket its policy; it has one, so this is done once."""
        written = s3.BucketPolicy(
            self.child("policy"),
            bucket=self.created,
            policy=policy,
            # S3 refuses two changes to one bucket's access at once.
            opts=self.child_opts(depends_on=[self._block]),
        )
        self.ready = Output.all(self.created, written.id).apply(lambda both: str(both[0]))

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


class Distribution(Protocol):
    """What serves objects of buckets to the world."""

    arn: Output[str]


def let_read(bucket: Bucket, *keys: str, by: Distribution) -> None:
    """Let one distribution read the objects under *keys* (``svg/*``) of a bucket that is ``served_by_cdn``.

    Creates: aws.s3.BucketPolicy, the bucket's one policy.
    """
    on = [f"{bucket.arn}/{key}" for key in keys]
    bucket.write_policy(
        by.arn.apply(
            lambda arn: document(
                bucket.over_tls, accept("cloudfront.amazonaws.com", "s3:GetObject", on=on, source=arn)
            )
        )
    )
