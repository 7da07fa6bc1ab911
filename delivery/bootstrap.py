"""What must be in a new account before Pulumi can keep a stack there: a bucket for its state, and a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from delivery.errors import DeliveryError, Exit
from delivery.stack import require_account
from delivery.stackfile import PROJECT, StackFile

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

OLD_STATES_DAYS = 365
FIRST_REGION = "us-east-1"  # where S3 makes a bucket that is asked for no place


@dataclass(frozen=True)
class Bootstrap:
    """The bucket and the key of *file*'s stack. Run again it puts right what differs, and deletes nothing."""

    file: StackFile
    session: boto3.Session

    def run(self) -> Iterator[str]:
        """Make it so; a line for each thing that is there now. Raises DeliveryError."""
        require_account(self.session, self.file.account, self.file.stack)
        try:
            key = self._key()
            yield f"key     {self.file.key_alias}, rotated every year: {key}"
            self._bucket(key)
            yield f"bucket  {self.file.state_bucket}: versioned, encrypted, over TLS alone, never public"
        except ClientError as error:
            problem = error.response["Error"]
            raise DeliveryError(
                f"{error.operation_name} was refused for {self.file.stack}: {problem['Message']}. "
                "The first deploy of an account needs its administrator.",
                Exit.REFUSED,
            ) from error

    def _key(self) -> str:
        """The key's ARN; made when the alias names none."""
        kms: KMSClient = self.session.client("kms", region_name=self.file.region)
        try:
            arn = kms.describe_key(KeyId=self.file.key_alias)["KeyMetadata"]["Arn"]
        except kms.exceptions.NotFoundException:
            tags: Any = [{"TagKey": key, "TagValue": value} for key, value in self._tags.items()]
            description = f"State and secrets of the stack {self.file.stack}"
            made = kms.create_key(Description=description, Tags=tags)
            arn = made["KeyMetadata"]["Arn"]
            kms.create_alias(AliasName=self.file.key_alias, TargetKeyId=arn)
        kms.enable_key_rotation(KeyId=arn)
        return arn

    def _bucket(self, key: str) -> None:
        s3: S3Client = self.session.client("s3", region_name=self.file.region)
        name = self.file.state_bucket
        place: Any = {"LocationConstraint": self.file.region}
        where = {} if self.file.region == FIRST_REGION else {"CreateBucketConfiguration": place}
        try:
            s3.create_bucket(Bucket=name, **where)
        except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
            s3.head_bucket(Bucket=name, ExpectedBucketOwner=self.file.account)
        s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        s3.put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        )
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": key,
                        },
                        "BucketKeyEnabled": True,
                    }
                ]
            },
        )
        s3.put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old-states",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_STATES_DAYS},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
                    }
                ]
            },
        )
        s3.put_bucket_tagging(
            Bucket=name,
            Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in self._tags.items()]},
        )
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(_tls_only(name)))

    @property
    def _tags(self) -> dict[str, str]:
        return {"project": PROJECT, "env": self.file.stack, "component": "state", "owner": "platform"}


def _tls_only(bucket: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def next_steps(file: StackFile) -> str:
    """What remains to be done by hand, once."""
    return f"""
Next, once:
  export PULUMI_BACKEND_URL='{file.backend}'
  pulumi stack init {file.stack} --secrets-provider '{file.secrets_provider}'
  pulumi config set --stack {file.stack} --secret sessionKey "$(openssl rand -hex 32)"
  pulumi config set --stack {file.stack} --secret slackWebhook
  pulumi config set --stack {file.stack} --secret stripeKey
  pulumi config set --stack {file.stack} --secret stripeWebhookSecret
  pulumi config set --stack {file.stack} --secret cdnPrivateKey -- "$(openssl genrsa 2048)"
Then go on in docs/runbooks/first-deploy.md."""
