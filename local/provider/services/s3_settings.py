"""S3: the settings of a bucket that are put, got and deleted all alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import ConfigDict

from local.provider.resources import resource
from local.provider.services.s3 import Setting, SettingInputs
from local.provider.services.wire import from_aws, to_aws
from local.provider.values import Plain


@dataclass(frozen=True, slots=True)
class Api:
    """The three operations of a setting, and how its properties are spelt there."""

    noun: str  # of put_ and get_
    argument: str  # the member of the request that holds the setting, and of most answers
    delete: str
    renames: Mapping[str, str] = field(default_factory=dict)


class OpenInputs(SettingInputs):
    """A bucket's setting as it was declared: S3's own model checks what is in it."""

    model_config = ConfigDict(extra="allow")


class PlainSetting(Setting[OpenInputs]):
    """A setting that S3 takes as it was declared, in its own spelling."""

    inputs = OpenInputs
    api: ClassVar[Api]
    properties: ClassVar[tuple[str, ...]]

    def put(self, inputs: OpenInputs) -> None:
        declared = inputs.model_extra or {}
        wanted = {name: declared[name] for name in self.properties if name in declared}
        put = getattr(self.client("s3"), f"put_{self.api.noun}")
        put(Bucket=inputs.bucket, **{self.api.argument: to_aws(self.outward(wanted), self.api.renames)})

    def read(self, physical_id: str, inputs: OpenInputs) -> dict[str, Plain]:
        answer = getattr(self.client("s3"), f"get_{self.api.noun}")(Bucket=physical_id)
        return self.inward(from_aws(answer.get(self.api.argument, answer), self.api.renames))

    def delete(self, physical_id: str, inputs: OpenInputs) -> None:
        getattr(self.client("s3"), self.api.delete)(Bucket=physical_id)

    def outward(self, declared: dict[str, Plain]) -> dict[str, Plain]:
        """What was declared, arranged as S3 has it."""
        return declared

    def inward(self, held: dict[str, Plain]) -> dict[str, Plain]:
        """The way back of `outward`."""
        return held


@resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
class BucketPublicAccessBlock(PlainSetting):
    """Public access shut."""

    api = Api("public_access_block", "PublicAccessBlockConfiguration", "delete_public_access_block")
    properties = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@resource("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
class BucketOwnershipControls(PlainSetting):
    """Who owns the objects: one rule, which S3 keeps in a list."""

    api = Api("bucket_ownership_controls", "OwnershipControls", "delete_bucket_ownership_controls")
    properties = ("rule",)

    def outward(self, declared: dict[str, Plain]) -> dict[str, Plain]:
        return {"rules": [declared["rule"]]}

    def inward(self, held: dict[str, Plain]) -> dict[str, Plain]:
        return {"rule": held["rules"][0]}


@resource("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
class BucketLifecycleConfiguration(PlainSetting):
    """What is forgotten when."""

    api = Api(
        "bucket_lifecycle_configuration", "LifecycleConfiguration", "delete_bucket_lifecycle", {"id": "ID"}
    )
    properties = ("rules",)


@resource("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
class BucketEncryption(PlainSetting):
    """How objects are encrypted."""

    api = Api(
        "bucket_encryption",
        "ServerSideEncryptionConfiguration",
        "delete_bucket_encryption",
        {"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"},
    )
    properties = ("rules",)


@resource("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")
class BucketCorsConfiguration(PlainSetting):
    """Which pages may talk to the bucket."""

    api = Api(
        "bucket_cors", "CORSConfiguration", "delete_bucket_cors", {"id": "ID", "corsRules": "CORSRules"}
    )
    properties = ("corsRules",)
