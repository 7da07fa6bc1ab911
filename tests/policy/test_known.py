"""The guard against unknown values: one of them costs one resource, never a rule and never the stack."""

from __future__ import annotations

from itertools import permutations

import pytest
from vectoricons_policy.known import UNKNOWN as NOT_KNOWN
from vectoricons_policy.known import Stack

from tests.policy.stacks import UNKNOWN, Declared, refused, stack_args

QUEUE = "aws:sqs/queue:Queue"
TOLD = Declared(QUEUE, "told", {"name": "a", "tags": {"owner": "b"}})
UNTOLD = Declared(QUEUE, "untold", {"name": UNKNOWN, "tags": {"owner": UNKNOWN}, "kmsMasterKeyId": "c"})
PARTLY = Declared(QUEUE, "partly", {"name": "d", "list": [UNKNOWN, "e"]})


@pytest.mark.parametrize("order", list(permutations([TOLD, UNTOLD, PARTLY])))
def test_an_unknown_value_costs_its_resource_alone_whatever_the_order(order: tuple[Declared, ...]) -> None:
    stack = Stack.of_stack(stack_args(*order))
    assert {queue.resource.label: queue["name"] for queue in stack.known(QUEUE, "name")} == {
        "told": "a",
        "partly": "d",
    }
    assert stack.unread == {UNTOLD.urn}


def test_a_resource_with_an_unknown_value_is_read_for_its_known_ones() -> None:
    stack = Stack.of_stack(stack_args(UNTOLD))
    assert [queue["kmsMasterKeyId"] for queue in stack.known(QUEUE, "kmsMasterKeyId")] == ["c"]


def test_an_unknown_value_deep_inside_makes_the_property_unknown() -> None:
    untold, partly = Stack.of_stack(stack_args(UNTOLD, PARTLY))
    assert untold.get("tags") is NOT_KNOWN
    assert partly.get("list") is NOT_KNOWN


def test_what_is_not_given_is_none_and_not_unknown() -> None:
    (queue,) = Stack.of_stack(stack_args(TOLD)).known(QUEUE, "kmsMasterKeyId")
    assert queue["kmsMasterKeyId"] is None


def test_reading_a_property_that_was_not_asked_for_is_an_error_even_when_it_is_known() -> None:
    (queue,) = Stack.of_stack(stack_args(TOLD)).known(QUEUE, "name")
    with pytest.raises(LookupError, match="tags is read but not needed"):
        queue["tags"]


def test_parts_of_a_list_are_read_one_by_one() -> None:
    stack = Stack.of_stack(stack_args(PARTLY, TOLD))
    assert [value for _, value in stack.parts(QUEUE, "list.*")] == ["e"]
    assert [value for _, value in stack.parts(QUEUE, "list")] == [["e"]]
    assert stack.unread == {PARTLY.urn}


def test_parts_of_something_of_another_shape_are_none() -> None:
    stack = Stack.of_stack(stack_args(TOLD))
    assert list(stack.parts(QUEUE, "name.*.policy")) == []
    assert list(stack.parts(QUEUE, "name.policy")) == []


def test_an_older_token_of_a_type_is_the_type() -> None:
    older = Declared("aws:s3/bucketV2:BucketV2", "uploads", {"bucket": "uploads"})
    stack = Stack.of_stack(stack_args(older))
    assert [bucket["bucket"] for bucket in stack.known("aws:s3/bucket:Bucket", "bucket")] == ["uploads"]


def test_ancestors_come_nearest_first() -> None:
    root = Declared("pulumi:pulumi:Stack", "root")
    component = Declared("vectoricons:messaging:Queue", "incoming", parent=root)
    queue = Declared(QUEUE, "incoming-queue", parent=component)
    stack = Stack.of_stack(stack_args(root, component, queue))
    resource = next(stack.of(QUEUE))
    assert [parent.label for parent in stack.ancestors(resource)] == ["incoming", "root"]
    assert (resource.stack, resource.project) == ("prod", "vectoricons")


def test_what_nobody_gave_is_not_unknown_because_aws_may_fill_it_in() -> None:
    bare = Declared(QUEUE, "bare", {"name": "bare"}, outputs={"redrivePolicy": UNKNOWN, "arn": UNKNOWN})
    told = Declared(QUEUE, "told", {"name": "told"}, outputs={"arn": "arn:told"})
    stack = Stack.of_stack(stack_args(bare, told), {each.urn: each.properties for each in (bare, told)})
    found = {queue.resource.label: queue.needs for queue in stack.known(QUEUE, "redrivePolicy", "arn")}
    assert found == {
        "bare": {"redrivePolicy": None, "arn": None},
        "told": {"redrivePolicy": None, "arn": "arn:told"},
    }
    assert refused("sqs-dlq", bare) == {"bare: redrivePolicy"}
