"""The network: nothing comes in, data goes nowhere, tasks go out where the stack says."""

from __future__ import annotations

import pytest
from pulumi import Output

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
    assert not declared.of("aws:ec2/internetGateway:InternetGateway")
    endpoints = declared.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert {each.inputs["serviceName"].removeprefix("com.amazonaws.us-east-1.") for each in endpoints} == {
        *("s3", "ecr.api", "ecr.dkr", "email", "logs", "secretsmanager", "sns", "sqs", "sts")
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
