"""Networks: closed by default, open to the world at one door, every flow recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vectoricons_policy.attachments import settings_of, target_of
from vectoricons_policy.known import UNKNOWN, Resource, Stack
from vectoricons_policy.properties import expect, given, is_not_true, number
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule
from vectoricons_policy.rules.alb import LOAD_BALANCERS

VPC = "aws:ec2/vpc:Vpc"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
OLDER_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
RECORD = "aws:route53/record:Record"

_WORLD = ("0.0.0.0/0", "::/0")
_WEB = (80, 443)
# What a task on Fargate needs before it can say anything, and the queues and topics it talks to.
_NEEDED = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "sns")


@rule(
    "vpc-flow-logs",
    severity="medium",
    framework="hub:EC2.6, nag:VPC7",
    why="Who talked to whom is known only if it was recorded then.",
    fix="Declare a FlowLog for the VPC.",
)
def networks_record_their_flows(stack: Stack) -> Findings:
    """Every VPC."""
    recorded = {
        target_of(stack, log, "vpcId", VPC) for log in stack.of(FLOW_LOG) if given(log.properties, "vpcId")
    }
    for network in stack.of(VPC):
        if None in recorded:
            stack.unread.add(network.urn)
        elif network.urn not in recorded:
            yield Finding(network.urn, "FlowLog", "Its flows are not recorded.")


@rule(
    "default-sg-closed",
    severity="high",
    framework="hub:EC2.2",
    why="What is put in no group of its own lands in the default one, which lets its members talk to each "
    "other.",
    fix="Declare the VPC's DefaultSecurityGroup without ingress and egress.",
)
def default_groups_are_closed(stack: Stack) -> Findings:
    """Every VPC."""
    for network, group in settings_of(stack, DEFAULT_GROUP):
        if group is None:
            yield Finding(network.urn, "DefaultSecurityGroup", "Its default group is open.")
            continue
        for name in ("ingress", "egress"):
            if given(group.properties, name):
                yield Finding(group.urn, name, f"It has rules for {name}.")


@rule(
    "subnet-no-public-ip",
    severity="medium",
    framework="hub:EC2.15",
    why="A public address that nobody asked for is a door that nobody watches.",
    fix="Leave mapPublicIpOnLaunch out, or set it to false.",
    scope=Scope.RESOURCE,
)
def subnets_give_no_public_addresses(stack: Stack) -> Findings:
    """Every subnet, public ones too."""
    yield from expect(stack, SUBNET, "mapPublicIpOnLaunch", is_not_true, "It gives public addresses.")


@rule(
    "sg-no-open-ingress",
    severity="critical",
    framework="hub:EC2.18, hub:EC2.19, nag:EC23",
    why="What the whole world may knock at is knocked at within minutes.",
    fix="Name the security group or prefix list that may come in, and say in the description who that is; "
    "the "
    "world comes to ports 80 and 443 of a load balancer alone. One rule is one resource.",
)
def only_the_front_door_is_open(stack: Stack) -> Findings:
    """Rules for what comes in, and security groups, which have no rules within."""
    doors = {
        urn
        for type_ in LOAD_BALANCERS
        for balancer in stack.of(type_)
        for urn in balancer.dependencies.get("securityGroups", ())
    }
    for opening in stack.of(INGRESS):
        yield from _opening(opening, opening.dependencies.get("securityGroupId", frozenset()) <= doors)
    for older in stack.of(OLDER_RULE):
        yield Finding(older.urn, "SecurityGroupRule", "It is of the older kind, which may hold many rules.")


def _opening(opening: Resource, at_door: bool) -> Findings:
    if not given(opening.properties, "description"):
        yield Finding(opening.urn, "description", "It does not say who comes in.")
    ports = {number(opening.get(name)) for name in ("fromPort", "toPort")}
    front = at_door and opening.dependencies.get("securityGroupId") and len(ports) == 1 and ports <= {*_WEB}
    for name in ("cidrIpv4", "cidrIpv6"):
        if opening.get(name) in _WORLD and not front:
            yield Finding(opening.urn, name, f"It lets in {opening.get(name)}.")


@rule(
    "sg-no-inline",
    severity="medium",
    framework="",
    why="Rules within a group and rules beside it undo each other at every update.",
    fix="Declare each rule as a SecurityGroupIngressRule or SecurityGroupEgressRule.",
    scope=Scope.RESOURCE,
)
def groups_have_no_rules_within(stack: Stack) -> Findings:
    """Every security group."""
    for group in stack.of(GROUP):
        for name in ("ingress", "egress"):
            if given(group.properties, name):
                yield Finding(group.urn, name, f"It has rules for {name} within.")


@rule(
    "sg-egress-scoped",
    severity="medium",
    framework="",
    why="What may call anywhere can carry anything away.",
    fix="Name the protocol and the port, and the group or range that it goes to.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def nothing_may_call_everything(stack: Stack) -> Findings:
    """Every rule for what goes out."""
    for way in stack.known(EGRESS, "ipProtocol", "cidrIpv4", "cidrIpv6"):
        if str(way["ipProtocol"]) == "-1" and {way["cidrIpv4"], way["cidrIpv6"]} & {*_WORLD}:
            yield Finding(way.urn, "ipProtocol", "It lets out everything to everywhere.")


@rule(
    "vpc-endpoints",
    severity="medium",
    framework="hub:EC2.55, hub:EC2.56",
    why="Without a way to AWS no task starts; with one that serves everybody's account, it carries data "
    "there.",
    fix="Declare a gateway endpoint for s3 and, where there is no NAT gateway, interface endpoints for "
    f"{', '.join(_NEEDED)}; give each a policy that names whom it serves.",
)
def networks_reach_aws_within(stack: Stack) -> Findings:
    """Every VPC, and every endpoint."""
    attached = {target_of(stack, each, "vpcEndpointId", ENDPOINT) for each in stack.of(ENDPOINT_POLICY)}
    for network in stack.of(VPC):
        there = {_service(each) for each in _of(stack, network, ENDPOINT)}
        needed = ("s3",) if any(stack.of(NAT)) else ("s3", *_NEEDED)
        for service in needed if UNKNOWN not in there else ():
            if service not in there:
                yield Finding(network.urn, f"VpcEndpoint::{service}", f"It has no endpoint for {service}.")
    for endpoint in stack.of(ENDPOINT):
        if not given(endpoint.properties, "policy") and not attached & {endpoint.urn, None}:
            yield Finding(endpoint.urn, "policy", "It serves everybody's account.")


def _of(stack: Stack, network: Resource, type_: str) -> Iterator[Resource]:
    return (each for each in stack.of(type_) if target_of(stack, each, "vpcId", VPC) in (network.urn, None))


def _service(endpoint: Resource) -> object:
    name = endpoint.get("serviceName")
    return name if name is UNKNOWN else re.sub(r"^(cn\.)?com\.amazonaws\.[a-z0-9-]+\.", "", str(name))


@rule(
    "dns-no-overwrite",
    severity="medium",
    framework="",
    why="A record that overwrites takes over a name that somebody else may be serving under.",
    fix="Leave allowOverwrite out; import the record that is there, or delete it by hand.",
    scope=Scope.RESOURCE,
)
def records_overwrite_nothing(stack: Stack) -> Findings:
    """Every record."""
    yield from expect(stack, RECORD, "allowOverwrite", is_not_true, "It takes over a name in use.")
