"""What the provider refuses before anything is made, and how it says it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue

from local.provider.errors import RefusedError
from local.provider.provider import AwsProvider
from local.provider.region import Region
from local.provider.schema import UnknownTypeError, resource_type
from local.provider.values import UNKNOWN, plain
from tests.local.engineless import Engineless, wrapped

QUEUE = "aws:sqs/queue:Queue"
SERVICE = "aws:ecs/service:Service"


def reasons(found: list[tuple[str, str]]) -> dict[str, str]:
    """Failures by property."""
    return dict(found)


def test_a_misspelt_property_is_refused_with_the_one_that_was_meant(offline: Engineless) -> None:
    found = offline.check(QUEUE, name="incoming", visibilityTimeout=60)

    assert found == [
        (
            "visibilityTimeout",
            f"{QUEUE} has no property 'visibilityTimeout'. Did you mean 'visibilityTimeoutSeconds'?",
        )
    ]


def test_a_property_like_no_other_is_refused_without_a_guess(offline: Engineless) -> None:
    assert reasons(offline.check(QUEUE, name="incoming", colour="red"))["colour"].endswith(
        "no property 'colour'."
    )


def test_a_misspelt_property_deep_inside_is_refused_where_it_stands(offline: Engineless) -> None:
    found = offline.check(
        SERVICE,
        name="api",
        taskDefinition="api:1",
        networkConfiguration={"subnets": ["subnet-1"], "assignPublicIP": False},
        loadBalancers=[{"containerName": "api", "containerPort": 8000, "targetGroup": "x"}],
    )

    assert reasons(found) == {
        "networkConfiguration.assignPublicIP": (
            "networkConfiguration has no property 'assignPublicIP'. Did you mean 'assignPublicIp'?"
        ),
        "loadBalancers[0].targetGroup": (
            "loadBalancers[0] has no property 'targetGroup'. Did you mean 'targetGroupArn'?"
        ),
    }


def test_what_aws_demands_is_demanded_also_deep_inside(offline: Engineless) -> None:
    found = offline.check(SERVICE, name="api", networkConfiguration={}, loadBalancers=[{"containerPort": 80}])

    assert reasons(found) == {
        "networkConfiguration.subnets": "networkConfiguration needs 'subnets', and it is missing.",
        "loadBalancers[0].containerName": "loadBalancers[0] needs 'containerName', and it is missing.",
    }


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("visibilityTimeoutSeconds", "soon", "must be a number, and is 'soon'."),
        ("fifoQueue", "perhaps", "must be true or false, and is 'perhaps'."),
        ("tags", ["red"], "must be a map, and is ['red']."),
        ("policy", {"Version": "2012-10-17"}, "must be text, and is {'Version': '2012-10-17'}."),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused(
    offline: Engineless, name: str, value: Any, reason: str
) -> None:
    assert offline.check(QUEUE, name="incoming", **{name: value}) == [(name, reason)]


def test_a_wrong_item_of_a_list_or_map_is_refused_by_its_place(offline: Engineless) -> None:
    found = offline.check(SERVICE, name="api", networkConfiguration={"subnets": ["subnet-1", ["subnet-2"]]})
    assert reasons(found)["networkConfiguration.subnets[1]"] == "must be text, and is ['subnet-2']."

    found = offline.check(QUEUE, name="incoming", tags={"owner": {"team": "platform"}})
    assert reasons(found)["tags.owner"] == "must be text, and is {'team': 'platform'}."

    found = offline.check(SERVICE, name="api", loadBalancers="none")
    assert reasons(found)["loadBalancers"] == "must be a list, and is 'none'."


def test_values_may_be_spelt_as_text_unknown_or_left_out(offline: Engineless) -> None:
    assert (
        offline.check(QUEUE, name="incoming", visibilityTimeoutSeconds="60", fifoQueue="false", policy=None)
        == []
    )
    assert offline.check(QUEUE, name=UNKNOWN.value, tags={"owner": UNKNOWN.value}) == []


def test_a_resource_without_a_name_is_refused_where_names_are_explicit(offline: Engineless) -> None:
    assert reasons(offline.check(QUEUE))["name"].startswith(f"{QUEUE} has no explicit name")
    assert reasons(offline.check("aws:s3/bucket:Bucket"))["bucket"].startswith(
        "aws:s3/bucket:Bucket has no explicit"
    )
    assert "identifier" in reasons(offline.check("aws:rds/instance:Instance", instanceClass="db.t4g.micro"))
    assert offline.check(QUEUE, names_required=False) == []
    assert offline.check("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16") == []


def test_resources_and_inputs_that_share_a_name_in_the_sdk_are_told_apart() -> None:
    versioning = resource_type("aws:s3/bucketVersioning:BucketVersioning")
    assert versioning.inputs["versioningConfiguration"].required

    assert resource_type("aws:lambda/function:Function").inputs["role"].required
    with pytest.raises(UnknownTypeError, match="aws:sqs/kew:Kew is no resource of the installed pulumi_aws"):
        resource_type("aws:sqs/kew:Kew")


def test_default_tags_stand_under_the_resource_s_own(offline: Engineless) -> None:
    offline.configure(defaultTags='{"tags": {"project": "vectoricons", "owner": "nobody"}}')

    assert offline.create(QUEUE, name="incoming", tags={"owner": "platform"})["tagsAll"] == {
        "project": "vectoricons",
        "owner": "platform",
    }
    assert offline.create(QUEUE, name="incoming")["tags"] == {"project": "vectoricons", "owner": "nobody"}
    assert offline.check("aws:sqs/queuePolicy:QueuePolicy", queueUrl="u", policy="{}") == []


def test_tags_that_are_not_known_yet_stay_unknown(offline: Engineless) -> None:
    offline.configure(defaultTags={"tags": {"project": "vectoricons"}})

    answer = offline.checked(QUEUE, "incoming", {"name": "incoming", "tags": UNKNOWN.value})

    assert (answer.inputs or {})["tags"] == UNKNOWN


def test_the_provider_s_own_settings_are_checked_too(offline: Engineless) -> None:
    settings = wrapped({"region": "eu-west-1", "version": "7.0.0", "allowedAccountId": '["1"]'})

    answer = asyncio.run(offline.provider.check_config(sdk.CheckRequest("urn", {}, settings, b"")))

    assert [(f.property, f.reason) for f in answer.failures or []] == [
        (
            "allowedAccountId",
            "The aws provider has no property 'allowedAccountId'. Did you mean 'allowedAccountIds'?",
        )
    ]


def test_a_stack_of_another_account_is_kept_out_of_the_region(region: Region) -> None:
    with pytest.raises(RefusedError, match=r"account is 123456789012, .* work in 210987654321 alone"):
        Engineless(AwsProvider(region)).configure(allowedAccountIds='["210987654321"]')


def test_a_secret_that_is_only_written_is_never_in_the_state(offline: Engineless) -> None:
    version = offline.create(
        "aws:secretsmanager/secretVersion:SecretVersion",
        secretId="arn:aws:secretsmanager:us-east-1:123456789012:secret:session-abcdef",
        secretStringWo="the session key",
        secretStringWoVersion=1,
    )

    assert "the session key" not in str(version.inputs) + str(version.state)


def test_values_keep_their_secret_mark_in_the_state(offline: Engineless) -> None:
    inputs = {"name": PropertyValue("incoming"), "policy": PropertyValue("{}", is_secret=True)}
    request = sdk.CreateRequest(
        "urn:pulumi:local::p::aws:sqs/queue:Queue::incoming", inputs, 0, preview=False
    )

    state = asyncio.run(offline.provider.create(request)).properties

    assert state["policy"].is_secret
    assert plain(state["policy"]) == "{}"
