"""EC2: who may talk to whom in a network."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, field_validator

from local.provider.errors import after_making
from local.provider.resources import Made, resource
from local.provider.services.ec2 import Ec2Resource, TaggedInputs
from local.provider.values import Plain


class GroupInputs(TaggedInputs):
    """A security group; its rules are resources of their own."""

    name: str
    vpc_id: str
    description: str = "Managed by Pulumi"
    ingress: list[Plain] = Field(default_factory=list)
    egress: list[Plain] = Field(default_factory=list)

    @field_validator("ingress", "egress")
    @classmethod
    def _apart(cls, rules: list[Plain]) -> list[Plain]:
        if rules:
            raise ValueError("declare each rule as an aws.vpc.SecurityGroupIngressRule or …EgressRule")
        return rules


@resource("aws:ec2/securityGroup:SecurityGroup")
class SecurityGroup(Ec2Resource):
    """A security group that lets nothing in or out by itself."""

    inputs = GroupInputs
    kind = "security-group"

    def create(self, inputs: GroupInputs) -> Made:
        physical_id = self.client("ec2").create_security_group(
            GroupName=inputs.name, Description=inputs.description, VpcId=inputs.vpc_id, **self.tagged(inputs)
        )["GroupId"]
        made = Made(physical_id, {"arn": self.arn(physical_id), "ownerId": self.region.account})
        with after_making(made):
            _empty(self.client("ec2"), physical_id)
        return made

    def read(self, physical_id: str, inputs: GroupInputs) -> dict[str, Plain]:
        held = self.client("ec2").describe_security_groups(GroupIds=[physical_id])["SecurityGroups"][0]
        return {"name": held["GroupName"], "description": held["Description"], "vpcId": held["VpcId"]}

    def delete(self, physical_id: str, inputs: GroupInputs) -> None:
        self.client("ec2").delete_security_group(GroupId=physical_id)


class DefaultGroupInputs(TaggedInputs):
    """The network whose default group is adopted."""

    vpc_id: str


@resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
class DefaultSecurityGroup(Ec2Resource):
    """The group AWS makes with a network, adopted and emptied; it cannot be deleted."""

    inputs = DefaultGroupInputs
    kind = "security-group"

    def create(self, inputs: DefaultGroupInputs) -> Made:
        here = [{"Name": "vpc-id", "Values": [inputs.vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
        held = self.client("ec2").describe_security_groups(Filters=here)["SecurityGroups"][0]
        physical_id = held["GroupId"]
        _empty(self.client("ec2"), physical_id)
        self.retag(physical_id, TaggedInputs(), inputs)
        outputs = {
            "name": held["GroupName"],
            "description": held["Description"],
            "ownerId": self.region.account,
        }
        return Made(physical_id, {"arn": self.arn(physical_id), **outputs})

    def delete(self, physical_id: str, inputs: DefaultGroupInputs) -> None:
        """It goes with its network."""


class RuleInputs(TaggedInputs):
    """One door: from or to whom, by which protocol and ports."""

    security_group_id: str
    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    cidr_ipv4: str | None = None
    cidr_ipv6: str | None = None
    prefix_list_id: str | None = None
    referenced_security_group_id: str | None = None
    description: str | None = None


class Rule(Ec2Resource):
    """A rule of a security group."""

    inputs = RuleInputs
    kind = "security-group-rule"
    way: ClassVar[str]  # ingress or egress

    def create(self, inputs: RuleInputs) -> Made:
        authorize = getattr(self.client("ec2"), f"authorize_security_group_{self.way}")
        rules = authorize(
            GroupId=inputs.security_group_id, IpPermissions=[_permission(inputs)], **self.tagged(inputs)
        )["SecurityGroupRules"]
        physical_id = rules[0]["SecurityGroupRuleId"]
        return Made(physical_id, {"arn": self.arn(physical_id), "securityGroupRuleId": physical_id})

    def update(self, physical_id: str, old: RuleInputs, new: RuleInputs) -> dict[str, Plain]:
        if new.model_copy(update={"tags": old.tags}) != old:
            change = {"SecurityGroupRuleId": physical_id, "SecurityGroupRule": _rule(new)}
            self.client("ec2").modify_security_group_rules(
                GroupId=new.security_group_id, SecurityGroupRules=[change]
            )
        return super().update(physical_id, old, new)

    def read(self, physical_id: str, inputs: RuleInputs) -> dict[str, Plain]:
        held = self.client("ec2").describe_security_group_rules(SecurityGroupRuleIds=[physical_id])[
            "SecurityGroupRules"
        ][0]
        return {
            "ipProtocol": held["IpProtocol"],
            "fromPort": held.get("FromPort"),
            "toPort": held.get("ToPort"),
            "cidrIpv4": held.get("CidrIpv4"),
        }

    def delete(self, physical_id: str, inputs: RuleInputs) -> None:
        revoke = getattr(self.client("ec2"), f"revoke_security_group_{self.way}")
        revoke(GroupId=inputs.security_group_id, SecurityGroupRuleIds=[physical_id])


@resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
class IngressRule(Rule):
    """A door in."""

    way = "ingress"


@resource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
class EgressRule(Rule):
    """A door out."""

    way = "egress"


def _rule(rule: RuleInputs) -> dict[str, Plain]:
    """A rule as EC2 changes it; all protocols have all ports, which is -1."""
    every = -1 if rule.ip_protocol == "-1" else None
    wanted = {
        "IpProtocol": rule.ip_protocol,
        "FromPort": rule.from_port if every is None else every,
        "ToPort": rule.to_port if every is None else every,
        "CidrIpv4": rule.cidr_ipv4,
        "CidrIpv6": rule.cidr_ipv6,
        "PrefixListId": rule.prefix_list_id,
        "ReferencedGroupId": rule.referenced_security_group_id,
        "Description": rule.description,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _permission(rule: RuleInputs) -> dict[str, Plain]:
    """A rule as EC2 takes it: each kind of peer has a list of its own."""
    note = {"Description": rule.description} if rule.description else {}
    peers = {
        "IpRanges": ("CidrIp", rule.cidr_ipv4),
        "Ipv6Ranges": ("CidrIpv6", rule.cidr_ipv6),
        "PrefixListIds": ("PrefixListId", rule.prefix_list_id),
        "UserIdGroupPairs": ("GroupId", rule.referenced_security_group_id),
    }
    permission: dict[str, Plain] = {"IpProtocol": rule.ip_protocol}
    if rule.ip_protocol != "-1":
        permission |= {"FromPort": rule.from_port, "ToPort": rule.to_port}
    return permission | {many: [{one: peer, **note}] for many, (one, peer) in peers.items() if peer}


def _empty(client: Any, group: str) -> None:
    """Take away every rule, AWS's own "everything out" too."""
    held = client.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    if held["IpPermissions"]:
        client.revoke_security_group_ingress(GroupId=group, IpPermissions=held["IpPermissions"])
    if held["IpPermissionsEgress"]:
        client.revoke_security_group_egress(GroupId=group, IpPermissions=held["IpPermissionsEgress"])
