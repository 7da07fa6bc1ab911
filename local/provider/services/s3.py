"""S3: buckets, and those settings of a bucket that S3 takes each in its own way."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, TypeVar

from botocore.exceptions import ClientError
from pydantic import Field

from local.provider.errors import RefusedError, after_making
from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.services.wire import from_aws, tag_list, to_aws
from local.provider.values import Plain

CLASSIC_REGION = "us-east-1"  # the one that must not be named as a bucket's location
NOTIFICATION = {
    "queues": "QueueConfigurations",
    "topics": "TopicConfigurations",
    "lambdaFunctions": "LambdaFunctionConfigurations",
}


class BucketInputs(Inputs):
    """A bucket's name, and whether deleting it may delete what is in it."""

    bucket: str
    force_destroy: bool = False
    object_lock_enabled: bool = False
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:s3/bucket:Bucket")
class Bucket(Resource[BucketInputs]):
    """A bucket."""

    inputs = BucketInputs

    def create(self, inputs: BucketInputs) -> Made:
        """Make it where the region is, and tag it."""
        self._refuse_existing(inputs.bucket)
        place: dict[str, Any] = {}
        if self.region.region != CLASSIC_REGION:
            place["CreateBucketConfiguration"] = {"LocationConstraint": self.region.region}
        if inputs.object_lock_enabled:
            place["ObjectLockEnabledForBucket"] = True
        self.client("s3").create_bucket(Bucket=inputs.bucket, **place)
        name, region = inputs.bucket, self.region.region
        made = Made(
            name,
            {
                "arn": f"arn:aws:s3:::{name}",
                "bucketDomainName": f"{name}.s3.amazonaws.com",
                "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
                "bucketRegion": region,
            },
        )
        with after_making(made):
            self._tag(inputs)
        return made

    def update(self, physical_id: str, old: BucketInputs, new: BucketInputs) -> dict[str, Plain]:
        """Tags are all that can change of a bucket alone."""
        self._tag(new)
        return {}

    def read(self, physical_id: str, inputs: BucketInputs) -> dict[str, Plain]:
        """Whether it is there, and its tags."""
        client = self.client("s3")
        client.head_bucket(Bucket=physical_id)
        try:
            tags = client.get_bucket_tagging(Bucket=physical_id)["TagSet"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchTagSet":
                raise
            tags = []
        return {"tags": {tag["Key"]: tag["Value"] for tag in tags}}

    def delete(self, physical_id: str, inputs: BucketInputs) -> None:
        """Delete it, with every version of every object where that is allowed."""
        client = self.client("s3")
        if inputs.force_destroy:
            for page in client.get_paginator("list_object_versions").paginate(Bucket=physical_id):
                for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    client.delete_object(
                        Bucket=physical_id, Key=version["Key"], VersionId=version["VersionId"]
                    )
        client.delete_bucket(Bucket=physical_id)

    def _refuse_existing(self, bucket: str) -> None:
        """S3's classic region says yes to making one's own bucket again, and would hand over a stranger's."""
        try:
            self.client("s3").head_bucket(Bucket=bucket)
        except ClientError:
            return
        raise RefusedError("the bucket exists already, and this stack did not make it.")

    def _tag(self, inputs: BucketInputs) -> None:
        if inputs.tags:
            self.client("s3").put_bucket_tagging(
                Bucket=inputs.bucket, Tagging={"TagSet": tag_list(inputs.tags)}
            )
        else:
            self.client("s3").delete_bucket_tagging(Bucket=inputs.bucket)


class SettingInputs(Inputs):
    """The bucket that a setting is of."""

    bucket: str


S = TypeVar("S", bound=SettingInputs)


class Setting(Resource[S]):
    """A setting of a bucket: there is one of each kind, and writing it is making it."""

    def create(self, inputs: S) -> Made:
        """Write it."""
        self.put(inputs)
        return Made(inputs.bucket)

    def update(self, physical_id: str, old: S, new: S) -> dict[str, Plain]:
        """Write it anew."""
        self.put(new)
        return {}

    @abstractmethod
    def put(self, inputs: S) -> None:
        """Write the whole setting."""


class PolicyInputs(SettingInputs):
    """A bucket's policy document."""

    policy: str


@resource("aws:s3/bucketPolicy:BucketPolicy")
class BucketPolicy(Setting[PolicyInputs]):
    """Who may do what with a bucket."""

    inputs = PolicyInputs

    def put(self, inputs: PolicyInputs) -> None:
        self.client("s3").put_bucket_policy(Bucket=inputs.bucket, Policy=inputs.policy)

    def read(self, physical_id: str, inputs: PolicyInputs) -> dict[str, Plain]:
        return {"policy": self.client("s3").get_bucket_policy(Bucket=physical_id)["Policy"]}

    def delete(self, physical_id: str, inputs: PolicyInputs) -> None:
        self.client("s3").delete_bucket_policy(Bucket=physical_id)


class NotificationInputs(SettingInputs):
    """Who hears of a bucket's events."""

    queues: list[dict[str, Plain]] = Field(default_factory=list)
    topics: list[dict[str, Plain]] = Field(default_factory=list)
    lambda_functions: list[dict[str, Plain]] = Field(default_factory=list)
    eventbridge: bool = False


@resource("aws:s3/bucketNotification:BucketNotification")
class BucketNotification(Setting[NotificationInputs]):
    """The events of a bucket, to queues and topics."""

    inputs = NotificationInputs

    def put(self, inputs: NotificationInputs) -> None:
        targets = inputs.model_dump(by_alias=True, include={"queues", "topics", "lambda_functions"})
        wanted: dict[str, Plain] = {
            NOTIFICATION[kind]: [_target(each) for each in many] for kind, many in targets.items() if many
        }
        if inputs.eventbridge:
            wanted["EventBridgeConfiguration"] = {}
        self.client("s3").put_bucket_notification_configuration(
            Bucket=inputs.bucket, NotificationConfiguration=wanted
        )

    def read(self, physical_id: str, inputs: NotificationInputs) -> dict[str, Plain]:
        answer = self.client("s3").get_bucket_notification_configuration(Bucket=physical_id)
        if answer.keys().isdisjoint({*NOTIFICATION.values(), "EventBridgeConfiguration"}):
            raise GoneError
        return {
            ours: [_declared(each) for each in answer.get(theirs, [])]
            for ours, theirs in NOTIFICATION.items()
        }

    def delete(self, physical_id: str, inputs: NotificationInputs) -> None:
        self.client("s3").put_bucket_notification_configuration(
            Bucket=physical_id, NotificationConfiguration={}
        )


def _target(declared: dict[str, Plain]) -> dict[str, Plain]:
    """One target as S3 takes it: key filters are rules there."""
    rules = [
        {"Name": name, "Value": declared[key]}
        for name, key in (("prefix", "filterPrefix"), ("suffix", "filterSuffix"))
        if declared.get(key)
    ]
    plain = {key: value for key, value in declared.items() if not key.startswith("filter")}
    return {**to_aws(plain), **({"Filter": {"Key": {"FilterRules": rules}}} if rules else {})}


def _declared(target: dict[str, Plain]) -> dict[str, Plain]:
    """The way back of `_target`."""
    rules = target.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    filters = {f"filter{rule['Name'].capitalize()}": rule["Value"] for rule in rules}
    return {**from_aws({key: value for key, value in target.items() if key != "Filter"}), **filters}


class VersioningInputs(SettingInputs):
    """Whether old versions are kept."""

    versioning_configuration: dict[str, str]


@resource("aws:s3/bucketVersioning:BucketVersioning")
class BucketVersioning(Setting[VersioningInputs]):
    """Versions of objects."""

    inputs = VersioningInputs

    def put(self, inputs: VersioningInputs) -> None:
        wanted = to_aws(inputs.versioning_configuration, {"mfaDelete": "MFADelete"})
        self.client("s3").put_bucket_versioning(Bucket=inputs.bucket, VersioningConfiguration=wanted)

    def read(self, physical_id: str, inputs: VersioningInputs) -> dict[str, Plain]:
        status = self.client("s3").get_bucket_versioning(Bucket=physical_id).get("Status", "Disabled")
        return {"versioningConfiguration": {**inputs.versioning_configuration, "status": status}}

    def delete(self, physical_id: str, inputs: VersioningInputs) -> None:
        """Versioning can be suspended, never undone."""
        self.client("s3").put_bucket_versioning(
            Bucket=physical_id, VersioningConfiguration={"Status": "Suspended"}
        )


class LoggingInputs(SettingInputs):
    """Where the access log goes."""

    target_bucket: str
    target_prefix: str


@resource("aws:s3/bucketLogging:BucketLogging")
class BucketLogging(Setting[LoggingInputs]):
    """The access log."""

    inputs = LoggingInputs

    def put(self, inputs: LoggingInputs) -> None:
        wanted = {"TargetBucket": inputs.target_bucket, "TargetPrefix": inputs.target_prefix}
        self.client("s3").put_bucket_logging(
            Bucket=inputs.bucket, BucketLoggingStatus={"LoggingEnabled": wanted}
        )

    def read(self, physical_id: str, inputs: LoggingInputs) -> dict[str, Plain]:
        answer = self.client("s3").get_bucket_logging(Bucket=physical_id)
        if "LoggingEnabled" not in answer:
            raise GoneError
        return dict(from_aws(answer["LoggingEnabled"]))

    def delete(self, physical_id: str, inputs: LoggingInputs) -> None:
        self.client("s3").put_bucket_logging(Bucket=physical_id, BucketLoggingStatus={})
