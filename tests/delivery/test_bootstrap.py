"""A new account gets a bucket and a key that keep a state safe; run again, nothing is made twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from delivery.bootstrap import Bootstrap, next_steps
from delivery.errors import DeliveryError
from delivery.stackfile import StackFile

ACCOUNT = "123456789012"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.Session()


def stack_file(tmp_path: Path, account: str = ACCOUNT, region: str = "eu-central-1") -> StackFile:
    (tmp_path / "Pulumi.dev.yaml").write_text(
        f"config:\n  vectoricons:account: '{account}'\n  vectoricons:region: {region}\n"
        "  vectoricons:site: https://dev.test\n"
    )
    return StackFile.read(tmp_path, "dev")


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_the_state_is_versioned_encrypted_and_asked_for_over_tls_alone(
    aws: boto3.Session, tmp_path: Path, region: str
) -> None:
    file = stack_file(tmp_path, region=region)
    assert len(list(Bootstrap(file, aws).run())) == 2
    s3 = aws.client("s3", region_name=region)
    name = f"vectoricons-dev-state-{ACCOUNT}"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    [rule] = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    [statement] = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    kms = aws.client("kms", region_name=region)
    key = kms.describe_key(KeyId="alias/vectoricons-dev")["KeyMetadata"]["Arn"]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_a_second_run_makes_nothing_twice_and_puts_right_what_was_loosened(
    aws: boto3.Session, tmp_path: Path
) -> None:
    file = stack_file(tmp_path)
    list(Bootstrap(file, aws).run())
    s3, kms = (aws.client(name, region_name=file.region) for name in ("s3", "kms"))
    s3.put_bucket_versioning(Bucket=file.state_bucket, VersioningConfiguration={"Status": "Suspended"})
    list(Bootstrap(file, aws).run())
    assert len(kms.list_keys()["Keys"]) == 1
    assert s3.get_bucket_versioning(Bucket=file.state_bucket)["Status"] == "Enabled"
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [file.state_bucket]


def test_another_accounts_credentials_are_refused_before_anything_is_made(
    aws: boto3.Session, tmp_path: Path
) -> None:
    file = stack_file(tmp_path, account="999999999999")
    with pytest.raises(DeliveryError, match=f"are of account {ACCOUNT}; the stack dev is in 999999999999"):
        list(Bootstrap(file, aws).run())
    assert aws.client("s3", region_name="us-east-1").list_buckets()["Buckets"] == []


def test_without_credentials_it_says_to_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(DeliveryError, match="There are no AWS credentials for the stack dev"):
        list(Bootstrap(stack_file(tmp_path), boto3.Session()).run())


def test_it_says_what_remains_to_be_done(tmp_path: Path) -> None:
    said = next_steps(stack_file(tmp_path))
    assert f"s3://vectoricons-dev-state-{ACCOUNT}?region=eu-central-1" in said
    assert "--secrets-provider 'awskms://alias/vectoricons-dev?region=eu-central-1'" in said


def test_a_stack_file_that_says_no_account_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(DeliveryError, match=r"Pulumi.dev.yaml: vectoricons:account: Field required"):
        StackFile.read(tmp_path, "dev")
