"""What a change means: nothing, an update, a replacement, and in which order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi.provider.experimental.provider import PropertyDiffKind

from local.provider.facts import NAMES, REPLACES
from local.provider.schema import Field, fields, resource_type
from tests.local.engineless import Declared, Engineless, wrapped

QUEUE = "aws:sqs/queue:Queue"


def queue(**inputs: Any) -> Declared:
    """A queue as it was declared before."""
    return Declared(QUEUE, "incoming", "url", wrapped(inputs), {})


def kinds(offline: Engineless, before: Declared, **inputs: Any) -> dict[str, str]:
    """What changed, and how."""
    return {path: diff.kind.name for path, diff in offline.diff(before, **inputs).detailed_diff.items()}


def test_the_same_inputs_are_no_change(offline: Engineless) -> None:
    found = offline.diff(queue(name="incoming", delaySeconds=1), name="incoming", delaySeconds=1, policy=None)

    assert found.changes is False
    assert found.detailed_diff == {}


def test_json_that_says_the_same_is_no_change(offline: Engineless) -> None:
    before = queue(name="incoming", policy='{"Version": "2012-10-17", "Statement": []}')

    assert (
        offline.diff(before, name="incoming", policy='{"Statement":[],"Version":"2012-10-17"}').changes
        is False
    )
    assert offline.diff(before, name="incoming", policy='{"Statement":[').changes is True


def test_a_change_is_shown_where_it_is(offline: Engineless) -> None:
    before = queue(name="incoming", delaySeconds=1, tags={"owner": "platform", "a.b": "1"})

    assert kinds(offline, before, name="incoming", fifoQueue=False, tags={"owner": "web", "a.b": "2"}) == {
        "delaySeconds": "DELETE",
        "fifoQueue": "ADD_REPLACE",
        'tags["a.b"]': "UPDATE",
        "tags.owner": "UPDATE",
    }


def test_lists_are_compared_item_by_item(offline: Engineless) -> None:
    before = Declared(
        "aws:ecs/service:Service", "api", "arn", wrapped({"name": "api", "loadBalancers": [{"a": "1"}]}), {}
    )

    assert kinds(offline, before, name="api", loadBalancers=[{"a": "2"}, {"a": "3"}]) == {
        "loadBalancers[0].a": "UPDATE",
        "loadBalancers[1]": "ADD",
    }


def test_what_cannot_change_in_place_is_replaced(offline: Engineless) -> None:
    renamed = offline.diff(queue(name="incoming"), name="arrivals")

    assert renamed.replaces == ["name"]
    assert renamed.detailed_diff["name"].kind is PropertyDiffKind.UPDATE_REPLACE
    assert not renamed.delete_before_replace
    assert kinds(offline, queue(name="a", fifoQueue=True), name="a") == {"fifoQueue": "DELETE_REPLACE"}


def test_a_replacement_under_the_same_name_deletes_the_old_one_first(offline: Engineless) -> None:
    found = offline.diff(queue(name="incoming"), name="incoming", fifoQueue=True)

    assert found.replaces == ["fifoQueue"]
    assert found.delete_before_replace


def test_a_replacement_that_cannot_stand_beside_the_old_one_deletes_it_first(offline: Engineless) -> None:
    before = Declared(
        "aws:ec2/subnet:Subnet", "app", "subnet-1", wrapped({"vpcId": "v", "cidrBlock": "10.0.0.0/24"}), {}
    )

    assert offline.diff(before, vpcId="v", cidrBlock="10.0.1.0/24").delete_before_replace


def test_a_new_revision_of_a_task_is_registered_before_the_old_one_goes(offline: Engineless) -> None:
    token = "aws:ecs/taskDefinition:TaskDefinition"
    before = Declared(token, "api", "api", wrapped({"family": "api", "containerDefinitions": "[]"}), {})

    found = offline.diff(before, family="api", containerDefinitions=json.dumps([{"name": "api"}]))

    assert found.replaces == ["containerDefinitions"]
    assert not found.delete_before_replace


def test_a_replacing_property_inside_an_object_replaces(offline: Engineless) -> None:
    token = "aws:ecs/service:Service"
    before = Declared(
        token, "api", "arn", wrapped({"name": "api", "deploymentController": {"type": "ECS"}}), {}
    )

    found = offline.diff(before, name="api", deploymentController={"type": "EXTERNAL"})

    assert found.replaces == ["deploymentController.type"]


@pytest.mark.parametrize("token", sorted(REPLACES.table))
def test_the_table_of_replacements_names_properties_that_exist(token: str) -> None:
    inputs = resource_type(token).inputs
    unknown = [path for path in REPLACES.table[token]["properties"] if not exists(inputs, path)]
    assert unknown == []


@pytest.mark.parametrize("token", sorted(NAMES.table))
def test_the_table_of_identities_names_types_and_properties_that_exist(token: str) -> None:
    identity, resource = NAMES.identity(token), resource_type(token)
    assert identity.name is None or identity.name in resource.inputs


def exists(inputs: dict[str, Field], path: str) -> bool:
    """Whether *path* leads to a property."""
    first, _, rest = path.partition(".")
    if first not in inputs:
        return False
    inner = inputs[first].shape.fields
    return not rest or (inner is not None and exists(fields(inner), rest))
