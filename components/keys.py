"""Keys of our own, where a service of AWS reads or writes what another one encrypts."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Output, ResourceOptions
from pulumi_aws import kms

from components.iam import Statement, document, of_key

# What the account may do with a key by the policies of its people; using it is not among it.
_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
WRITE_LOGS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


def encryption_key(
    name: str,
    *,
    alias: str,
    account: str,
    purpose: str,
    used_by: Statement,
    tags: Mapping[str, str],
    opts: ResourceOptions,
    region: str | None = None,
) -> Output[str]:
    """A key that AWS renews every year, for the one service in *used_by*; its ARN, once it has its alias.

    It is in the stack's region if *region* names no other.

    Creates: aws.kms.Key, aws.kms.Alias.
    """
    account_itself = of_key({"AWS": f"arn:aws:iam::{account}:root"}, *_ADMINISTER)
    key = kms.Key(
        name,
        description=purpose,
        region=region,
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=document(account_itself, used_by),
        tags=dict(tags),
        opts=opts,
    )
    named = kms.Alias(
        f"{name}-alias",
        name=f"alias/{alias}",
        region=region,
        target_key_id=key.key_id,
        opts=ResourceOptions(parent=opts.parent, provider=opts.provider),
    )
    return Output.all(key.arn, named.id).apply(lambda both: str(both[0]))
