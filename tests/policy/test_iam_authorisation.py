"""iam-known-actions and iam-resource-types: a grant is of what AWS does, to what it is done to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectoricons_policy.arns import overlap

from tests.policy.stacks import ACCOUNT, UNKNOWN, Declared, allow, document, refused

POLICY = "aws:iam/policy:Policy"
BUCKET, OBJECTS = "arn:aws:s3:::icons", "arn:aws:s3:::icons/*"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:incoming"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:icons"


def grants(rule: str, *statements: dict[str, Any]) -> set[str]:
    return refused(rule, Declared(POLICY, "grants", {"policy": document(*statements)}))


class TestKnownActions:
    @pytest.mark.parametrize("action", ["sqs:SendMessage", "SQS:sendmessage", "s3:*", "*", "s3:Get*"])
    def test_passes_what_aws_has(self, action: str) -> None:
        assert grants("iam-known-actions", allow(action)) == set()

    @pytest.mark.parametrize(
        "action", ["sqs:SendMesage", "sq:SendMessage", "SendMessage", "s3:Fetch*", "x:*"]
    )
    @pytest.mark.parametrize("effect", ["Allow", "Deny"])
    def test_is_refused_for_what_aws_has_not_allowed_or_denied(self, action: str, effect: str) -> None:
        assert grants("iam-known-actions", allow(action, Effect=effect)) == {f"grants: Action::{action}"}

    def test_a_misspelt_exception_is_refused(self) -> None:
        statement = {"Effect": "Deny", "NotAction": "sts:AssumeRol", "Resource": "*"}
        assert grants("iam-known-actions", statement) == {"grants: Action::sts:AssumeRol"}

    def test_unknown_at_preview_says_nothing_and_hides_nothing(self) -> None:
        untold = Declared(POLICY, "untold", {"policy": UNKNOWN})
        wrong = Declared(POLICY, "wrong", {"policy": document(allow("s3:GetObjekt", on=OBJECTS))})
        assert refused("iam-known-actions", untold, wrong) == {"wrong: Action::s3:GetObjekt"}
        assert refused("iam-known-actions", untold) == set()


class TestResourceTypes:
    @pytest.mark.parametrize(
        "statement",
        [
            allow("s3:GetObject", on=OBJECTS),
            allow("s3:ListBucket", on=BUCKET),
            allow("s3:GetObject", "s3:ListBucket", on=[BUCKET, OBJECTS]),
            allow("logs:PutLogEvents", on=f"{GROUP}:*"),
            allow("logs:PutLogEvents", on=f"{GROUP}:log-stream:api/*"),
            allow("ecr:GetAuthorizationToken"),
            allow("kms:Decrypt", on=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/${{aws:PrincipalTag/key}}"),
            allow("s3:GetObjekt", on=OBJECTS),
            allow("s3:GetObject", on=BUCKET, Effect="Deny"),
        ],
    )
    def test_passes_actions_with_arns_of_their_types(self, statement: dict[str, Any]) -> None:
        assert grants("iam-resource-types", statement) == set()

    @pytest.mark.parametrize(
        ("statement", "details"),
        [
            (allow("s3:GetObject", on=BUCKET), {"Action::s3:GetObject", f"Resource::{BUCKET}"}),
            (allow("s3:ListBucket", on=OBJECTS), {"Action::s3:ListBucket", f"Resource::{OBJECTS}"}),
            (allow("s3:GetObject", on=[BUCKET, OBJECTS]), {f"Resource::{BUCKET}"}),
            (allow("s3:GetObject", "s3:ListBucket", on=OBJECTS), {"Action::s3:ListBucket"}),
            (allow("logs:PutLogEvents", on=GROUP), {"Action::logs:PutLogEvents", f"Resource::{GROUP}"}),
            (allow("sqs:SendMessage", on=BUCKET), {"Action::sqs:SendMessage", f"Resource::{BUCKET}"}),
            (allow("ecr:GetAuthorizationToken", on=QUEUE), {"Action::ecr:GetAuthorizationToken"}),
        ],
    )
    def test_is_refused_where_they_do_not_belong_together(
        self, statement: dict[str, Any], details: set[str]
    ) -> None:
        assert grants("iam-resource-types", statement) == {f"grants: {detail}" for detail in details}

    def test_a_keys_own_policy_speaks_of_the_key_as_star(self) -> None:
        root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        policy = document(allow("kms:Decrypt", Principal=root))
        assert refused("iam-resource-types", Declared("aws:kms/key:Key", "key", {"policy": policy})) == set()

    def test_unknown_at_preview_says_nothing_and_hides_nothing(self) -> None:
        untold = Declared(POLICY, "untold", {"policy": UNKNOWN})
        wrong = Declared(POLICY, "wrong", {"policy": document(allow("s3:ListBucket", on=OBJECTS))})
        assert refused("iam-resource-types", untold) == set()
        assert refused("iam-resource-types", untold, wrong) == {
            "wrong: Action::s3:ListBucket",
            f"wrong: Resource::{OBJECTS}",
        }


WORDS = st.text("ab/:*?", max_size=8)


@settings(max_examples=200)
@given(WORDS, WORDS)
def test_whether_two_arns_overlap_does_not_depend_on_which_is_first(one: str, other: str) -> None:
    assert overlap(one, other) == overlap(other, one)


@settings(max_examples=200)
@given(st.text("ab/:", max_size=8))
def test_an_arn_overlaps_itself_and_everything(arn: str) -> None:
    assert overlap(arn, arn)
    assert overlap(arn, "*")
