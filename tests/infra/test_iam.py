"""Statements and documents: exact, or an error before anything is made."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_sentry.querying.actions import get_action_data

from components.iam import LONGEST_DOCUMENT, STAR_ONLY, accept, document, grant, tls_only, trust

QUEUE = "arn:aws:sqs:us-east-1:109876543210:vectoricons-prod-incoming"


def statements(text: str) -> list[dict[str, Any]]:
    parsed = json.loads(text)
    assert parsed["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = parsed["Statement"]
    return found


def test_a_grant_is_one_allow_on_the_arns_it_names() -> None:
    text = document(grant("sqs:ReceiveMessage", "sqs:DeleteMessage", on=QUEUE))
    assert statements(text) == [
        {"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": [QUEUE]}
    ]


@pytest.mark.parametrize("action", ["*", "sqs:*", "sqs:Get*", "s3:?etObject"])
def test_an_action_wildcard_cannot_be_written(action: str) -> None:
    with pytest.raises(ValueError, match="name every action"):
        grant(action, on=QUEUE)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::icons/*",
        "arn:aws:s3:::icons/svg/*",
        "arn:aws:logs:us-east-1:1:log-group:api:*",
        "arn:aws:secretsmanager:us-east-1:1:secret:key-??????",
    ],
)
def test_a_wildcard_may_end_an_exact_arn(resource: str) -> None:
    assert statements(document(grant("s3:GetObject", on=resource)))[0]["Resource"] == [resource]


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::*",
        "arn:aws:s3:::icons*",
        "arn:aws:s3:::*/svg/*",
        "arn:aws:sqs:*:1:icons",
        "arn:aws:sqs:us-east-1:1:*",
        "arn:aws:ecs:us-east-1:1:task/*",
        "arn:aws:secretsmanager:us-east-1:1:secret:key-?????",
    ],
)
def test_a_wildcard_anywhere_else_is_refused(resource: str) -> None:
    with pytest.raises(ValueError, match="give an exact ARN; a wildcard may only end"):
        grant("s3:GetObject", on=resource)


@given(st.from_regex(r"arn:aws:(s3:::|logs:us:1:log-group:|sqs:us:1:)[a-z*?:/-]{1,12}", fullmatch=True))
def test_whatever_is_taken_is_literal_but_for_its_end(resource: str) -> None:
    try:
        grant("s3:GetObject", on=resource)
    except ValueError:
        return
    assert not set("*?") & set(resource.removesuffix("/*").removesuffix(":*").removesuffix("-??????"))


def test_only_an_action_that_aws_cannot_scope_may_have_every_resource() -> None:
    assert statements(document(grant("ecr:GetAuthorizationToken", on="*")))[0]["Resource"] == ["*"]
    with pytest.raises(ValueError, match="ecr:BatchGetImage: give the exact ARN"):
        grant("ecr:GetAuthorizationToken", "ecr:BatchGetImage", on="*")


@pytest.mark.parametrize("action", STAR_ONLY)
def test_the_star_only_table_agrees_with_awss_authorization_reference(action: str) -> None:
    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    assert isinstance(found, dict)
    assert [row["resource_arn_format"] for row in found[service]] == ["*"]
    assert STAR_ONLY[action].startswith("https://docs.aws.amazon.com/service-authorization/")


def test_a_service_comes_in_for_one_source_and_for_the_account_an_arn_does_not_tell() -> None:
    letter = accept("sns.amazonaws.com", "sqs:SendMessage", on=QUEUE, source="arn:aws:sns:us-east-1:1:events")
    assert statements(document(letter))[0]["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:1:events"}
    }
    assert statements(trust("ecs-tasks.amazonaws.com", source="arn:aws:ecs:us-east-1:1:*", account="1")) == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
            "Condition": {
                "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:1:*"},
                "StringEquals": {"aws:SourceAccount": "1"},
            },
        }
    ]


def test_without_tls_everybody_is_refused_everything() -> None:
    assert statements(document(tls_only("sqs:*", QUEUE))) == [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["sqs:*"],
            "Resource": [QUEUE],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_a_document_longer_than_iam_takes_is_refused_before_aws_sees_it() -> None:
    with pytest.raises(ValueError, match=f"IAM takes {LONGEST_DOCUMENT}"):
        document(*[grant("sqs:SendMessage", on=f"{QUEUE}-{number}") for number in range(200)])
