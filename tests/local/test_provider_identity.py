"""Roles, their policies, secrets and log groups."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from local.provider.errors import RefusedError
from local.provider.services.iam import VERSIONS_KEPT
from tests.local.engineless import Declared, Engineless


def trust(service: str) -> str:
    """Who may take a role on."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action: str) -> str:
    """A policy document of one action."""
    statement = {
        "Effect": "Allow",
        "Action": action,
        "Resource": "arn:aws:sqs:us-east-1:123456789012:incoming",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def role(declared: Engineless) -> Declared:
    """A role of a task."""
    return declared.create(
        "aws:iam/role:Role",
        "api-task",
        name="api-task",
        assumeRolePolicy=trust("ecs-tasks.amazonaws.com"),
        description="What the api may do",
        tags={"component": "api"},
    )


def test_a_role_is_made_changed_and_deleted(declared: Engineless, role: Declared, aws: Any) -> None:
    assert role["arn"] == "arn:aws:iam::123456789012:role/api-task"
    assert declared.read(role) == role

    boundary = declared.create("aws:iam/policy:Policy", "boundary", name="boundary", policy=allow("sqs:*"))
    bound = declared.update(
        role,
        description="Less",
        permissionsBoundary=boundary["arn"],
        maxSessionDuration=7200,
        tags={"owner": "web"},
    )
    assert declared.read(bound) == bound
    assert aws("iam").list_role_tags(RoleName="api-task")["Tags"] == [{"Key": "owner", "Value": "web"}]
    free = declared.update(bound, permissionsBoundary=None, assumeRolePolicy=trust("ec2.amazonaws.com"))
    assert "PermissionsBoundary" not in aws("iam").get_role(RoleName="api-task")["Role"]
    assert declared.read(free) == free

    drifted = declared.read(role)
    assert drifted is not None
    assert drifted.inputs["assumeRolePolicy"] != role.inputs["assumeRolePolicy"]
    declared.delete(free)
    assert declared.read(free) is None
    declared.delete(free)


def test_a_role_may_be_bound_from_its_first_moment(declared: Engineless, aws: Any) -> None:
    boundary = declared.create("aws:iam/policy:Policy", "boundary", name="boundary", policy=allow("sqs:*"))

    declared.create(
        "aws:iam/role:Role",
        name="bound",
        assumeRolePolicy=trust("ecs-tasks.amazonaws.com"),
        permissionsBoundary=boundary["arn"],
    )

    held = aws("iam").get_role(RoleName="bound")["Role"]["PermissionsBoundary"]
    assert held["PermissionsBoundaryArn"] == boundary["arn"]


def test_policies_inside_a_role_are_refused_with_what_to_declare(declared: Engineless) -> None:
    with pytest.raises(
        RefusedError, match=r"inlinePolicies: .*declare each policy as an aws\.iam\.RolePolicy"
    ):
        declared.create(
            "aws:iam/role:Role",
            name="full",
            assumeRolePolicy=trust("ecs-tasks.amazonaws.com"),
            inlinePolicies=[{"name": "send", "policy": allow("sqs:SendMessage")}],
        )


def test_a_role_s_own_policy_is_written_rewritten_and_taken_away(
    declared: Engineless, role: Declared
) -> None:
    own = declared.create(
        "aws:iam/rolePolicy:RolePolicy", name="send", role=role["name"], policy=allow("sqs:SendMessage")
    )
    assert own.id == "api-task:send"
    assert declared.read(own) == own

    changed = declared.update(own, policy=allow("sqs:ReceiveMessage"))
    assert declared.read(changed) == changed
    declared.delete(changed)
    assert declared.read(changed) is None


def test_a_shared_policy_changes_oftener_than_iam_keeps_versions(
    declared: Engineless, role: Declared, aws: Any
) -> None:
    shared = declared.create("aws:iam/policy:Policy", name="consume", policy=allow("sqs:SendMessage"))
    attached = declared.create(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role["name"], policyArn=shared["arn"]
    )
    assert declared.read(attached) == attached

    for attempt in range(VERSIONS_KEPT + 1):
        shared = declared.update(shared, policy=allow(f"sqs:Action{attempt}"), tags={"attempt": str(attempt)})
        assert declared.read(shared) == shared
    declared.update(shared, tags=None)
    assert len(aws("iam").list_policy_versions(PolicyArn=shared.id)["Versions"]) == VERSIONS_KEPT

    declared.delete(attached)
    assert declared.read(attached) is None
    declared.delete(shared)
    assert declared.read(shared) is None


def test_a_document_iam_does_not_take_is_refused_with_its_words(declared: Engineless) -> None:
    with pytest.raises(
        RefusedError, match="'it': cannot create it: CreatePolicy was answered MalformedPolicyDocument"
    ):
        declared.create("aws:iam/policy:Policy", name="broken", policy="{")


def test_a_secret_holds_text_bytes_and_what_is_only_written(declared: Engineless, aws: Any) -> None:
    secret = declared.create(
        "aws:secretsmanager/secret:Secret",
        name="session-key",
        description="Signs sessions",
        kmsKeyId="alias/aws/secretsmanager",
        recoveryWindowInDays=0,
        tags={"component": "api"},
    )
    assert declared.read(secret) == secret
    secret = declared.update(secret, description="Signs sessions and cursors", tags=None)
    assert declared.read(secret) == secret

    def value() -> Any:
        return aws("secretsmanager").get_secret_value(SecretId="session-key")

    token = "aws:secretsmanager/secretVersion:SecretVersion"
    text = declared.create(token, secretId=secret["arn"], secretString="first")
    assert value()["SecretString"] == "first"
    assert declared.read(text) == text
    binary = declared.create(
        token, secretId=secret["arn"], secretBinary=base64.b64encode(b"\x00\x01").decode()
    )
    assert value()["SecretBinary"] == b"\x00\x01"
    assert declared.read(binary) == binary
    hidden = declared.create(token, secretId=secret["arn"], secretStringWo="hidden", secretStringWoVersion=1)
    assert value()["SecretString"] == "hidden"
    assert "hidden" not in str(hidden)
    assert hidden["hasSecretStringWo"] is True
    staged = declared.create(token, secretId=secret["arn"], secretString="next", versionStages=["AWSPENDING"])
    assert value()["SecretString"] == "hidden"

    declared.delete(staged)
    declared.delete(secret)
    assert declared.read(secret) is None
    assert declared.read(text) is None
    declared.delete(secret)


def test_a_secret_is_kept_for_as_long_as_it_may_be_regretted(declared: Engineless, aws: Any) -> None:
    secret = declared.create("aws:secretsmanager/secret:Secret", name="slack-webhook", recoveryWindowInDays=7)
    secret = declared.update(secret, kmsKeyId="alias/aws/secretsmanager")

    declared.delete(secret)

    assert "DeletedDate" in aws("secretsmanager").describe_secret(SecretId="slack-webhook")


def test_a_log_group_remembers_as_long_as_it_was_told(declared: Engineless, aws: Any) -> None:
    group = declared.create(
        "aws:cloudwatch/logGroup:LogGroup",
        name="/vectoricons/local/api",
        retentionInDays=14,
        kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/1",
        tags={"component": "api"},
    )
    assert group["arn"] == "arn:aws:logs:us-east-1:123456789012:log-group:/vectoricons/local/api"
    assert declared.read(group) == group

    for_ever = declared.update(group, retentionInDays=None, tags={"owner": "web"})
    held = aws("logs").describe_log_groups(logGroupNamePrefix="/vectoricons/local/api")["logGroups"][0]
    assert "retentionInDays" not in held
    drifted = declared.read(group)
    assert drifted is not None
    assert drifted["retentionInDays"] == 0

    declared.delete(for_ever)
    assert declared.read(for_ever) is None
    declared.delete(for_ever)
