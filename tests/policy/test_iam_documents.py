"""The parser of policy documents: frozen models, or a sentence about what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectoricons_policy.iam import Kind, MalformedDocumentError, parse

from tests.policy.stacks import Declared, allow, document, refused

BUCKET = "arn:aws:s3:::icons/*"


def test_single_values_and_lists_read_alike() -> None:
    one = parse(document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": BUCKET}), Kind.IDENTITY)
    many = parse({"Version": "2012-10-17", "Statement": allow("s3:GetObject", on=[BUCKET])}, Kind.IDENTITY)
    assert one == many


def test_conditions_read_true_and_numbers_as_aws_does() -> None:
    statement = allow("s3:GetObject", on=BUCKET, Condition={"Bool": {"aws:SecureTransport": False, "n": 5}})
    conditions = parse(document(statement), Kind.IDENTITY).statement[0].condition
    assert [(each.key, each.values) for each in conditions] == [
        ("aws:SecureTransport", ("false",)),
        ("n", ("5",)),
    ]


def test_models_cannot_be_changed() -> None:
    parsed = parse(document(allow("s3:GetObject", on=BUCKET)), Kind.IDENTITY)
    with pytest.raises(pydantic.ValidationError):
        parsed.statement[0].effect = "Deny"  # type: ignore[misc]  # what is refused here


@pytest.mark.parametrize(
    ("source", "kind", "says"),
    [
        ("{", Kind.IDENTITY, "not JSON"),
        ("[" * 100_000, Kind.IDENTITY, "not JSON"),
        ('{"Statement": [], "Statement": []}', Kind.IDENTITY, "a key is repeated"),
        ("[]", Kind.IDENTITY, "the document"),
        (12, Kind.IDENTITY, "the document"),
        ({"Version": "2012"}, Kind.IDENTITY, "Version"),
        (
            {"Statement": [{"Effect": "allow", "Action": "a:B", "Resource": "*"}]},
            Kind.IDENTITY,
            "statement 1, Effect",
        ),
        ({"Statement": [allow("a:B"), {"Effect": "Allow", "Resource": "*"}]}, Kind.IDENTITY, "statement 2"),
        ({"Statement": [allow("a:B", Resourse="*")]}, Kind.IDENTITY, "Resourse"),
        ({"Statement": [allow(on=BUCKET)]}, Kind.IDENTITY, "statement 1, Action"),
        ({"Statement": [allow("a:B", NotAction="a:C")]}, Kind.IDENTITY, "Action or NotAction"),
        ({"Statement": [allow("a:B", NotResource="*")]}, Kind.IDENTITY, "both Resource and NotResource"),
        ({"Statement": [allow("a:B", Principal="*", NotPrincipal="*")]}, Kind.RESOURCE, "both Principal"),
        ({"Statement": [allow("a:B", Principal="me")]}, Kind.RESOURCE, "Principal"),
        ({"Statement": [allow("a:B", Principal={"Robot": "x"})]}, Kind.RESOURCE, "Principal"),
        ({"Statement": [allow("a:B", Condition=["x"])]}, Kind.IDENTITY, "Condition"),
        ({"Statement": [allow("a:B", Principal="*")]}, Kind.IDENTITY, "must not have a Principal"),
        ({"Statement": [allow("a:B")]}, Kind.RESOURCE, "needs a Principal"),
        ({"Statement": [allow("a:B", Principal="*")]}, Kind.TRUST, "must not have a Resource"),
        ({"Statement": [{"Effect": "Allow", "Action": "a:B"}]}, Kind.IDENTITY, "needs a Resource"),
    ],
)
def test_what_aws_would_refuse_is_a_sentence(source: Any, kind: Kind, says: str) -> None:
    with pytest.raises(MalformedDocumentError, match=says):
        parse(source, kind)


def test_a_malformed_document_is_a_finding_and_not_a_trace() -> None:
    policy = Declared("aws:iam/policy:Policy", "grants", {"policy": '{"Statement": '})
    assert refused("iam-no-wildcard", policy) == {"grants: Malformed"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Effect", "Action", "Resource", "Principal", "Condition", "x"]
            ),
            children,
            max_size=4,
        )
    ),
)


@settings(deadline=None)
@given(json_values)
def test_whatever_stands_in_a_policy_the_rule_answers_with_findings(value: Any) -> None:
    source = Declared("aws:s3/bucketPolicy:BucketPolicy", "grants", {"policy": json.dumps(value)})
    assert isinstance(refused("iam-no-wildcard", source), set)
