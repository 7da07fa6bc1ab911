"""The network: nothing comes in, data goes nowhere, tasks go out where the stack says."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi import Output

from components.base import Deployment
from components.egress import Egress, estimates, sentence
from components.iam import grant
from components.network import Network, NetworkArgs
from tests.infra.synth import Declarations, component, settings


def network(stack: str = "dev", **changes: object) -> Declarations:
    said = settings(stack).network.model_dump() | changes
    return component(lambda: Network("network", NetworkArgs(**said)), profile=settings(stack).profile)


def test_each_tier_has_a_subnet_in_each_zone_and_none_hands_out_public_addresses() -> None:
    subnets = network().of("aws:ec2/subnet:Subnet")
    assert [(each.name, each.inputs["cidrBlock"], each.inputs["availabilityZone"]) for each in subnets] == [
        ("network-app-us-east-1a", "10.20.64.0/20", "us-east-1a"),
        ("network-app-us-east-1b", "10.20.80.0/20", "us-east-1b"),
        ("network-data-us-east-1a", "10.20.128.0/20", "us-east-1a"),
        ("network-data-us-east-1b", "10.20.144.0/20", "us-east-1b"),
        ("network-public-us-east-1a", "10.20.0.0/20", "us-east-1a"),
        ("network-public-us-east-1b", "10.20.16.0/20", "us-east-1b"),
    ]
    assert not any(each.inputs["mapPublicIpOnLaunch"] for each in subnets)
    assert subnets[0].inputs["tags"]["Name"] == "vectoricons-dev-app-us-east-1a"


def test_every_subnet_uses_its_own_routes() -> None:
    declared = network()
    uses = {
        each.inputs["subnetId"]: each.inputs["routeTableId"]
        for each in declared.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    assert uses == {
        f"{each.name}-id": f"{each.name}-routes-id" for each in declared.of("aws:ec2/subnet:Subnet")
    }


def test_the_data_tier_has_no_way_out() -> None:
    routes = network().of("aws:ec2/route:Route")
    assert routes
    assert not [route for route in routes if "data" in route.inputs["routeTableId"]]


def test_dev_goes_out_through_one_nat_and_prod_through_one_in_each_zone() -> None:
    dev, prod = network(), network("prod")
    assert [each.name for each in dev.of("aws:ec2/natGateway:NatGateway")] == ["network-us-east-1a-nat"]
    assert len(prod.of("aws:ec2/natGateway:NatGateway")) == 3

    def ways_out(declared: Declarations) -> list[str]:
        routes = declared.of("aws:ec2/route:Route")
        return [each.inputs["natGatewayId"] for each in routes if "natGatewayId" in each.inputs]

    assert ways_out(dev) == ["network-us-east-1a-nat-id"] * 2
    assert ways_out(prod) == [f"network-us-east-1{zone}-nat-id" for zone in "abc"]


def test_with_endpoints_tasks_reach_the_aws_services_they_use_and_nothing_else() -> None:
    declared = network(egress="endpoints")
    assert not declared.of("aws:ec2/route:Route")
    assert not declared.of("aws:ec2/natGateway:NatGateway")
    endpoints = declared.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert {each.inputs["serviceName"].removeprefix("com.amazonaws.us-east-1.") for each in endpoints} == {
        *("s3", "ecr.api", "ecr.dkr", "email", "logs", "secretsmanager", "sns", "sqs")
    }
    private = [each for each in endpoints if each.inputs["vpcEndpointType"] == "Interface"]
    assert all(each.inputs["privateDnsEnabled"] for each in private)
    assert all(each.inputs["securityGroupIds"] == ["network-endpoints-id"] for each in private)
    (door,) = declared.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert (door.inputs["cidrIpv4"], door.inputs["fromPort"], door.inputs["toPort"]) == (
        "10.20.0.0/16",
        443,
        443,
    )


def test_images_go_to_s3_past_the_nat() -> None:
    (gateway,) = network().of("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert gateway.inputs["vpcEndpointType"] == "Gateway"
    assert len(gateway.inputs["routeTableIds"]) == 4


def test_what_has_no_group_of_its_own_talks_to_nobody() -> None:
    default = network().one("network-default")
    assert default.inputs["vpcId"] == "network-vpc-id"
    assert not {"ingress", "egress"} & default.inputs.keys()


@pytest.mark.parametrize(("stack", "days"), [("dev", 14), ("prod", 365)])
def test_every_flow_is_recorded_for_as_long_as_the_profile_says(stack: str, days: int) -> None:
    declared = network(stack)
    flows = declared.one("network-flow-log").inputs
    assert (flows["vpcId"], flows["trafficType"]) == ("network-vpc-id", "ALL")
    assert declared.one("network-flows").inputs["retentionInDays"] == days
    (statement,) = declared.one("network-flows-policy").document()["Statement"]
    assert statement["Resource"] == ["arn:aws:logs:us-east-1:210987654321:log-group:vectoricons-dev-flows:*"]
    (trusted,) = declared.one("network-flows-role").document("assumeRolePolicy")["Statement"]
    assert trusted["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}


def test_others_get_subnets_not_resources() -> None:
    made: list[object] = []

    def build() -> None:
        built = Network(
            "network", NetworkArgs(cidr=settings().network.cidr, zones=["us-east-1a"], egress="nat")
        )
        Output.all(built.app, built.data).apply(made.extend)

    component(build)
    assert made == [["network-app-us-east-1a-id"], ["network-data-us-east-1a-id"]]


# -- what passes the endpoints


def endpoint_policies(**changes: object) -> dict[str, list[dict[str, Any]]]:
    """The policies of a network whose one role may write to a queue and a bucket, and read what RDS keeps."""

    def build() -> None:
        said = settings().network.model_dump() | changes
        network = Network("network", NetworkArgs(**said))
        here = Deployment.current()
        here.granted.append(grant("sqs:SendMessage", on="arn:aws:sqs:us-east-1:1:incoming"))
        here.granted.append(grant("s3:PutObject", on="arn:aws:s3:::uploads/*"))
        here.granted.append(grant("sqs:SendMessage", on="arn:aws:sqs:us-east-1:1:incoming"))
        managed = "arn:aws:secretsmanager:us-east-1:1:secret:rds!db-1-AbCdEf"
        here.granted_later.append(Output.from_input(grant("secretsmanager:GetSecretValue", on=managed)))
        network.narrow()

    declared = component(build)
    return {
        each.name.removeprefix("network-").removesuffix("-policy"): each.document()["Statement"]
        for each in declared.of("aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy")
    }


def test_an_endpoint_lets_pass_what_some_role_may_do_and_only_for_this_account() -> None:
    policies = endpoint_policies(egress="endpoints")
    assert set(policies) == {*("s3", "ecr-api", "ecr-dkr", "email", "logs", "secretsmanager", "sns", "sqs")}
    (letter,) = policies["sqs"]
    assert (letter["Action"], letter["Resource"]) == (
        ["sqs:SendMessage"],
        ["arn:aws:sqs:us-east-1:1:incoming"],
    )
    assert letter["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "210987654321"}}
    secrets = [resource for each in policies["secretsmanager"] for resource in each["Resource"]]
    assert secrets == ["arn:aws:secretsmanager:us-east-1:1:secret:rds!db-1-AbCdEf"]


def test_images_layers_pass_the_way_to_s3_whoever_signed_for_them() -> None:
    write, layers = endpoint_policies(egress="nat")["s3"]
    assert write["Resource"] == ["arn:aws:s3:::uploads/*"]
    assert layers == {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject"],
        "Resource": ["arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"],
    }


def test_what_nobody_uses_lets_nothing_pass() -> None:
    (nothing,) = endpoint_policies(egress="endpoints")["sns"]
    assert nothing["Effect"] == "Deny"


# -- what the ways out cost


def test_one_nat_gateway_is_cheaper_than_endpoints_and_one_in_each_zone_is_not() -> None:
    dev, prod = estimates(2, multi_zone=False), estimates(3, multi_zone=True)
    assert (round(dev["nat"].month, 2), round(dev["endpoints"].month, 2)) == (32.85, 102.2)
    assert (round(prod["nat"].month, 2), round(prod["endpoints"].month, 2)) == (98.55, 153.3)


@pytest.mark.parametrize(("chosen", "other"), [("nat", "endpoints"), ("endpoints", "nat")])
def test_the_program_says_what_its_way_out_costs_and_what_the_other_would(
    chosen: Egress, other: Egress
) -> None:
    found = estimates(2, multi_zone=False)
    assert sentence(chosen, 2, multi_zone=False) == (
        f"network.egress is {chosen}: {found[chosen]}. With {other} it would be {found[other]}."
    )
    assert str(found["nat"]) == "about $33 a month and $0.045 a GB"
