"""Names and ARNs: plain, unique, and never longer or stranger than the service lets them be."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components.names import Kind, Names, checked

NAMES = Names("prod", "109876543210", "us-east-1")
KINDS: tuple[Kind, ...] = get_args(Kind)
# The longest each service takes, from its API reference; a second copy on purpose.
LONGEST = {
    "bucket": 63,
    "cache": 40,
    "cache-user": 40,
    "database": 63,
    "queue": 80,
    "role": 64,
    "topic": 256,
    "load-balancer": 32,
    "target-group": 32,
    "log-delivery": 60,
    "vpc-origin": 64,
}

words = st.from_regex(r"[a-z][a-z0-9]{0,9}(-[a-z][a-z0-9]{0,9}){0,3}", fullmatch=True)


@given(kind=st.sampled_from(KINDS), thing=words)
def test_a_name_is_the_project_the_stack_and_the_thing(kind: Kind, thing: str) -> None:
    name = _maybe(kind, thing)
    assume(name is not None)
    assert str(name).startswith(f"vectoricons-prod-{thing}")
    assert len(str(name)) <= LONGEST.get(kind, 512)
    assert re.fullmatch(r"[a-z0-9-]+", str(name))


@given(kind=st.sampled_from(KINDS), one=words, other=words)
def test_two_things_never_share_a_name(kind: Kind, one: str, other: str) -> None:
    assume(one != other)
    assert _maybe(kind, one) is None or _maybe(kind, one) != _maybe(kind, other)


def _maybe(kind: Kind, thing: str) -> str | None:
    try:
        return NAMES.of(kind, thing)
    except ValueError:
        return None


@pytest.mark.parametrize(("kind", "longest"), LONGEST.items())
def test_the_last_character_that_fits_is_taken_and_the_next_is_not(kind: Kind, longest: int) -> None:
    assert checked(kind, "a" * longest)
    with pytest.raises(ValueError, match=f"at most {longest} characters, this one {longest + 1}"):
        checked(kind, "a" * (longest + 1))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("bucket", "Icons"),
        ("bucket", "icons-"),
        ("cache", "a--b"),
        ("database", "9lives"),
        ("queue", "mail.fifo"),
        ("load-balancer", "internal-main"),
        ("repository", "api/"),
        ("target-group", "api_v2"),
        ("role", "a role"),
        ("topic", ""),
    ],
)
def test_what_the_service_would_refuse_is_refused_here(kind: Kind, name: str) -> None:
    with pytest.raises(ValueError, match=f"not a name for a {kind}"):
        checked(kind, name)


def test_a_secret_that_seems_to_end_in_its_own_suffix_is_refused() -> None:
    with pytest.raises(ValueError, match="vectoricons-prod-token-abc123"):
        NAMES.of("secret", "token-abc123")
    assert NAMES.of("secret", "session-key") == "vectoricons-prod-session-key"


def test_only_buckets_carry_the_account_because_only_their_names_are_the_worlds() -> None:
    assert NAMES.of("bucket", "public") == "vectoricons-prod-public-109876543210"
    assert NAMES.of("queue", "incoming") == "vectoricons-prod-incoming"
    assert NAMES.stem == "vectoricons-prod"


@pytest.mark.parametrize(
    ("kind", "name", "arn"),
    [
        ("bucket", "icons", "arn:aws:s3:::icons"),
        ("queue", "icons", "arn:aws:sqs:us-east-1:109876543210:icons"),
        ("topic", "icons", "arn:aws:sns:us-east-1:109876543210:icons"),
        ("secret", "icons", "arn:aws:secretsmanager:us-east-1:109876543210:secret:icons"),
        ("log-group", "/aws/icons", "arn:aws:logs:us-east-1:109876543210:log-group:/aws/icons"),
        ("identity", "icons.net", "arn:aws:ses:us-east-1:109876543210:identity/icons.net"),
        ("repository", "icons", "arn:aws:ecr:us-east-1:109876543210:repository/icons"),
        ("cache", "icons", "arn:aws:elasticache:us-east-1:109876543210:replicationgroup:icons"),
        ("cache-user", "icons", "arn:aws:elasticache:us-east-1:109876543210:user:icons"),
        ("database", "icons", "arn:aws:rds:us-east-1:109876543210:db:icons"),
    ],
)
def test_an_arn_is_what_aws_will_call_it(kind: Kind, name: str, arn: str) -> None:
    assert NAMES.arn(kind, name) == arn
