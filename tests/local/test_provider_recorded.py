"""What is recorded and not made: plausible, and the same every time."""

from __future__ import annotations

import asyncio

import pytest
from pulumi.provider.experimental import provider as sdk
from pulumi.runtime import rpc

from local.provider.errors import RefusedError
from local.provider.values import plain_map
from tests.local.engineless import Engineless, wrapped

ACCOUNT = "123456789012"


def test_what_aws_computes_is_unknown_at_preview_and_what_was_declared_is_known(offline: Engineless) -> None:
    shown = offline.preview("aws:sqs/queue:Queue", name="incoming", policy='{"known": true}', tags={"a": "b"})

    assert shown["arn"] == shown["url"] == rpc.UNKNOWN
    assert (shown["name"], shown["policy"], shown["tagsAll"]) == ("incoming", '{"known": true}', {"a": "b"})
    assert "delaySeconds" not in shown
    database = offline.preview("aws:rds/instance:Instance", identifier="main", instanceClass="db.t4g.micro")
    assert database["masterUserSecrets"] == database["port"] == rpc.UNKNOWN


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        ("aws:s3/bucket:Bucket", {"bucket": "uploads"}, ("uploads", "arn:aws:s3:::uploads")),
        (
            "aws:iam/role:Role",
            {"name": "api", "assumeRolePolicy": "{}"},
            ("api", f"arn:aws:iam::{ACCOUNT}:role/api"),
        ),
        (
            "aws:ecs/service:Service",
            {
                "name": "api",
                "cluster": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/local",
                "taskDefinition": "api:1",
            },
            (f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/local/api",) * 2,
        ),
    ],
)
def test_ids_and_arns_are_those_aws_would_give(
    offline: Engineless, token: str, inputs: dict[str, str], expected: tuple[str, str]
) -> None:
    made = offline.create(token, **inputs)

    assert (made.id, made["arn"]) == expected


def test_the_same_declaration_gives_the_same_outputs_and_another_gives_others(offline: Engineless) -> None:
    one, again = (offline.create("aws:ec2/vpc:Vpc", "one", cidrBlock="10.0.0.0/16") for _ in range(2))
    other = offline.create("aws:ec2/vpc:Vpc", "other", cidrBlock="10.0.0.0/16")

    assert plain_map(one.state) == plain_map(again.state)
    assert one.id == again.id != other.id
    assert one["defaultSecurityGroupId"] != one["mainRouteTableId"]


def test_a_type_that_no_table_knows_has_an_id_and_an_arn_all_the_same(offline: Engineless) -> None:
    stage = offline.create("aws:apigateway/restApi:RestApi", "edge", name="edge")
    assert stage.id == "edge"
    assert stage["arn"] == f"arn:aws:apigateway:us-east-1:{ACCOUNT}:restApi/edge"
    assert stage["rootResourceId"].startswith("rootresource-")

    unnamed = offline.create("aws:ec2/customerGateway:CustomerGateway", "home", type="ipsec.1")
    assert unnamed.id.startswith("home-")
    assert unnamed["arn"].endswith(":customerGateway/home")


def test_outputs_of_every_kind_are_of_their_kind(offline: Engineless) -> None:
    balancer = offline.create("aws:lb/loadBalancer:LoadBalancer", "web", name="web", subnets=["subnet-1"])
    assert balancer["dnsName"].endswith(".us-east-1.elb.amazonaws.com")
    assert balancer["vpcId"].startswith("vpc-")
    assert offline.create("aws:ecr/repository:Repository", name="api")["repositoryUrl"] == (
        f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/api"
    )
    function = offline.create("aws:lambda/function:Function", name="fn", role="arn:role")
    assert function["sourceCodeSize"] == 0
    assert function["signingJobArn"].startswith(function["arn"])
    assert offline.create("aws:lambda/functionUrl:FunctionUrl", functionName="fn", authorizationType="NONE")[
        "functionUrl"
    ].startswith("https://")
    database = offline.create("aws:rds/instance:Instance", identifier="main", instanceClass="db.t4g.micro")
    assert database["masterUserSecrets"][0]["secretArn"].startswith("arn:aws:secretsmanager:us-east-1:")
    assert database["port"] == 5432
    rule = offline.create("aws:ec2/flowLog:FlowLog", vpcId="vpc-1")
    assert rule["arn"].endswith(rule.id)


def test_an_update_keeps_what_aws_computed_and_shows_what_is_declared(offline: Engineless) -> None:
    before = offline.create("aws:sqs/queue:Queue", name="incoming", delaySeconds=5, tags={"owner": "web"})

    after = offline.update(before, delaySeconds=None, tags={"owner": "platform"})

    assert after["arn"] == before["arn"]
    assert after["tagsAll"] == {"owner": "platform"}
    assert "delaySeconds" not in after.state
    assert offline.update(before, tags=None)["tagsAll"] == {}


def test_a_recorded_resource_reads_as_it_was_and_deletes_without_more(offline: Engineless) -> None:
    queue = offline.create("aws:sqs/queue:Queue", name="incoming")

    assert offline.read(queue) == queue
    offline.delete(queue)


def test_the_few_questions_with_one_answer_are_answered(offline: Engineless) -> None:
    offline.configure(region="eu-west-1", allowedAccountIds='["210987654321"]')

    def ask(function: str) -> dict[str, str]:
        answer = asyncio.run(
            offline.provider.invoke(sdk.InvokeRequest(f"aws:index/{function}:{function}", {}))
        )
        return plain_map(answer.return_value or {})

    assert ask("getCallerIdentity")["accountId"] == "210987654321"
    assert ask("getRegion")["region"] == "eu-west-1"
    assert ask("getPartition")["partition"] == "aws"


def test_nothing_is_imported(offline: Engineless) -> None:
    request = sdk.ReadRequest(
        "urn:pulumi:local::p::aws:sqs/queue:Queue::incoming", "url", wrapped({}), wrapped({})
    )

    with pytest.raises(RefusedError, match="this region imports nothing: declare it"):
        asyncio.run(offline.provider.read(request))
