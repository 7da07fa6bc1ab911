"""explicit-names: nothing in AWS is called what nobody chose."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policy.stacks import UNKNOWN, Declared, refused

QUEUE = "aws:sqs/queue:Queue"
CONFIG = {"pattern": "{project}-{stack}(-[a-z0-9-]+)?", "patterns": {"aws:route53/zone:Zone": r"[a-z.]+"}}


def named(type_: str, **properties: Any) -> set[str]:
    return refused("explicit-names", Declared(type_, "thing", properties), config=CONFIG)


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        (QUEUE, {"name": "vectoricons-prod-incoming"}),
        ("aws:ecs/cluster:Cluster", {"name": "vectoricons-prod"}),
        ("aws:s3/bucket:Bucket", {"bucket": "vectoricons-prod-uploads-123456789012"}),
        ("aws:rds/instance:Instance", {"identifier": "vectoricons-prod"}),
        ("aws:ecs/taskDefinition:TaskDefinition", {"family": "vectoricons-prod-api"}),
        ("aws:route53/zone:Zone", {"name": "vectoricons.example"}),
        ("aws:sqs/queuePolicy:QueuePolicy", {"policy": "{}"}),
        ("aws:route53/record:Record", {"name": "www"}),
    ],
)
def test_passes_what_is_named_as_configured_or_has_no_name(type_: str, properties: dict[str, Any]) -> None:
    assert named(type_, **properties) == set()


@pytest.mark.parametrize(
    ("type_", "property_"),
    [
        (QUEUE, "name"),
        ("aws:s3/bucket:Bucket", "bucket"),
        ("aws:rds/instance:Instance", "identifier"),
        ("aws:elasticache/replicationGroup:ReplicationGroup", "replicationGroupId"),
    ],
)
def test_refuses_a_resource_without_a_name(type_: str, property_: str) -> None:
    assert named(type_) == {f"thing: {property_}"}
    assert named(type_, **{f"{property_}Prefix": "vectoricons-prod-"}) == {f"thing: {property_}"}


@pytest.mark.parametrize(
    "name", ["incoming-3f2a1b4", "vectoricons-dev-incoming", "vectoricons-prod-Incoming"]
)
def test_refuses_a_name_of_another_form_or_another_stack(name: str) -> None:
    assert named(QUEUE, name=name) == {f"thing: name::{name}"}


def test_any_name_will_do_where_nothing_is_configured() -> None:
    assert refused("explicit-names", Declared(QUEUE, "thing", {"name": "incoming"})) == set()


def test_unknown_at_preview_says_nothing_and_hides_nothing() -> None:
    untold = Declared(QUEUE, "untold", {"name": UNKNOWN})
    unnamed = Declared(QUEUE, "unnamed", {"kmsMasterKeyId": UNKNOWN})
    assert refused("explicit-names", untold, unnamed, config=CONFIG) == {"unnamed: name"}
