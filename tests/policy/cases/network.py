"""Networks, security groups and records."""

from __future__ import annotations

from tests.policy.keeping import Break, Case, given, one
from tests.policy.stacks import Declared

VPC = Declared("aws:ec2/vpc:Vpc", "subject", {"id": "subject"})
FLOWS = Declared("aws:ec2/flowLog:FlowLog", "subject-flows", {"vpcId": "subject"}, depends={"vpcId": VPC})
CLOSED = Declared(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "subject-default",
    {"vpcId": "subject"},
    depends={"vpcId": VPC},
)
GROUP = "aws:ec2/securityGroup:SecurityGroup"
FRONT = Declared(GROUP, "subject-front", {"name": "subject-front"})
BALANCER = Declared(
    "aws:lb/loadBalancer:LoadBalancer",
    "subject-balancer",
    {"securityGroups": ["sg-1"]},
    depends={"securityGroups": FRONT},
)
OPEN = Declared(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "subject-web",
    {
        "securityGroupId": "sg-1",
        "description": "The world",
        "cidrIpv4": "0.0.0.0/0",
        "fromPort": 443,
        "toPort": 443,
    },
    depends={"securityGroupId": FRONT},
)
STORE = Declared(GROUP, "subject-store", {"name": "subject-store"})
INTO = Declared(
    OPEN.type,
    "subject",
    {
        "securityGroupId": "sg-2",
        "description": "api to store",
        "cidrIpv4": "10.0.0.0/16",
        "fromPort": 5432,
        "toPort": 5432,
    },
    depends={"securityGroupId": STORE},
)


def endpoint(service: str) -> Declared:
    """An endpoint of the network, for its own account."""
    return Declared(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        f"subject-{service}",
        {"serviceName": f"com.amazonaws.us-east-1.{service}", "vpcId": "subject", "policy": "{}"},
        depends={"vpcId": VPC},
    )


ENDPOINTS = [endpoint(each) for each in ("s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "sns")]

CASES: dict[str, Case] = {
    "vpc-flow-logs": Case([VPC, FLOWS], [Break("FlowLog", {("subject-flows", "vpcId"): "another"})]),
    "default-sg-closed": Case(
        [VPC, CLOSED],
        [
            Break("DefaultSecurityGroup", {("subject-default", "vpcId"): "another"}),
            *(
                Break(
                    name,
                    {("subject-default", name): [{"protocol": "-1"}]},
                    found_at="subject-default",
                    unknown=(),
                )
                for name in ("ingress", "egress")
            ),
        ],
    ),
    "subnet-no-public-ip": one("aws:ec2/subnet:Subnet", {}, *given("mapPublicIpOnLaunch", True)),
    "sg-no-open-ingress": Case(
        [INTO, OPEN, FRONT, STORE, BALANCER],
        [
            *given("cidrIpv4", "0.0.0.0/0"),
            *given("cidrIpv6", "::/0"),
            *given("description", None, "", unknown=()),
            Break("cidrIpv4", {("subject-web", "toPort"): 8000}, found_at="subject-web", unknown=()),
            Break(
                "cidrIpv4",
                {("subject-web", "fromPort"): 22, ("subject-web", "toPort"): 22},
                found_at="subject-web",
                unknown=(),
            ),
        ],
    ),
    "sg-no-inline": one(
        GROUP,
        {"name": "subject"},
        *given("ingress", [{"protocol": "-1"}], unknown=()),
        *given("egress", [{"protocol": "-1"}], unknown=()),
    ),
    "sg-egress-scoped": one(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {"ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0"},
        *given("ipProtocol", "-1"),
    ),
    "vpc-endpoints": Case(
        [VPC, *ENDPOINTS],
        [
            Break("VpcEndpoint::s3", {}, without=["subject-s3"], unknown=()),
            Break(
                "VpcEndpoint::sqs",
                {("subject-sqs", "serviceName"): "com.amazonaws.us-east-1.email"},
            ),
            Break("policy", {("subject-logs", "policy"): None}, found_at="subject-logs"),
        ],
    ),
    "dns-no-overwrite": one("aws:route53/record:Record", {"name": "www"}, *given("allowOverwrite", True)),
}
