"""Keys and their names, in the region."""

from __future__ import annotations

import json
from typing import Any

from tests.local.engineless import Declared, Engineless

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"


def owned_by(account: str) -> str:
    """A key policy that lets *account* administer."""
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    statement = {"Sid": "Account", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def key(declared: Engineless, name: str = "alerts") -> Declared:
    """A key that AWS renews."""
    return declared.create(
        KEY,
        name,
        description="Alarms",
        policy=owned_by("123456789012"),
        enableKeyRotation=True,
        tags={"component": name},
    )


def test_a_key_is_made_changed_and_goes(declared: Engineless, aws: Any) -> None:
    made = key(declared)
    assert made["arn"] == f"arn:aws:kms:us-east-1:123456789012:key/{made['keyId']}"
    assert declared.read(made) == made

    changed = declared.update(
        made,
        description="Logs",
        policy=owned_by("210987654321"),
        enableKeyRotation=False,
        tags={"owner": "web"},
    )
    held = aws("kms").describe_key(KeyId=made.id)["KeyMetadata"]
    assert held["Description"] == "Logs"
    assert aws("kms").get_key_rotation_status(KeyId=made.id)["KeyRotationEnabled"] is False
    assert aws("kms").list_resource_tags(KeyId=made.id)["Tags"] == [{"TagKey": "owner", "TagValue": "web"}]
    assert declared.read(changed) == changed

    declared.delete(changed)
    assert declared.read(changed) is None
    assert aws("kms").describe_key(KeyId=made.id)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_a_key_goes_by_its_name_and_the_name_to_another_key(declared: Engineless, aws: Any) -> None:
    first, second = key(declared, "first"), key(declared, "second")
    name = declared.create(ALIAS, name="alias/alerts", targetKeyId=first["keyId"])
    assert name["arn"] == "arn:aws:kms:us-east-1:123456789012:alias/alerts"
    assert declared.read(name) == name

    moved = declared.update(name, targetKeyId=second["keyId"])
    assert aws("kms").describe_key(KeyId="alias/alerts")["KeyMetadata"]["KeyId"] == second["keyId"]

    declared.delete(moved)
    assert declared.read(moved) is None
