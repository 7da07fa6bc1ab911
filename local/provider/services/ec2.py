"""EC2: networks and their parts."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from local.provider.errors import after_making
from local.provider.resources import Inputs, Made, Resource, resource
from local.provider.services.wire import retag, tag_list
from local.provider.values import Plain


class TaggedInputs(Inputs):
    """What EC2 knows by tags alone."""

    tags: dict[str, str] = Field(default_factory=dict)


class Ec2Resource(Resource[Any]):
    """Something in a network."""

    kind: ClassVar[str]  # EC2's word for it, in ARNs and tags

    def tagged(self, inputs: TaggedInputs) -> dict[str, Plain]:
        """The tags as the creating call takes them."""
        if not inputs.tags:
            return {}
        return {"TagSpecifications": [{"ResourceType": self.kind, "Tags": tag_list(inputs.tags)}]}

    def retag(self, physical_id: str, old: TaggedInputs, new: TaggedInputs) -> None:
        """Change the tags of what exists."""
        client, name = self.client("ec2"), [physical_id]
        retag(
            old.tags,
            new.tags,
            put=lambda tags: client.create_tags(Resources=name, Tags=tag_list(tags)),
            take=lambda keys: client.delete_tags(Resources=name, Tags=[{"Key": key} for key in keys]),
        )

    def update(self, physical_id: str, old: Any, new: Any) -> dict[str, Plain]:
        """Tags are what most things can change."""
        self.retag(physical_id, old, new)
        return {}

    def arn(self, physical_id: str) -> str:
        """The ARN of one of this kind."""
        return f"arn:aws:ec2:{self.region.region}:{self.region.account}:{self.kind}/{physical_id}"


class VpcInputs(TaggedInputs):
    """A network's addresses, and whether its hosts have names."""

    cidr_block: str
    enable_dns_support: bool = True
    enable_dns_hostnames: bool = False
    instance_tenancy: str = "default"


@resource("aws:ec2/vpc:Vpc")
class Vpc(Ec2Resource):
    """A network."""

    inputs = VpcInputs
    kind = "vpc"

    def create(self, inputs: VpcInputs) -> Made:
        client = self.client("ec2")
        physical_id = client.create_vpc(
            CidrBlock=inputs.cidr_block,
            InstanceTenancy=inputs.instance_tenancy or "default",
            **self.tagged(inputs),
        )["Vpc"]["VpcId"]
        here = [{"Name": "vpc-id", "Values": [physical_id]}]
        groups = client.describe_security_groups(Filters=here)["SecurityGroups"]
        tables = client.describe_route_tables(Filters=here)["RouteTables"]
        outputs = {
            "arn": self.arn(physical_id),
            "ownerId": self.region.account,
            "defaultSecurityGroupId": groups[0]["GroupId"],
            "defaultRouteTableId": tables[0]["RouteTableId"],
            "mainRouteTableId": tables[0]["RouteTableId"],
        }
        made = Made(physical_id, outputs)
        with after_making(made):
            self._names(physical_id, inputs)
        return made

    def update(self, physical_id: str, old: VpcInputs, new: VpcInputs) -> dict[str, Plain]:
        self._names(physical_id, new)
        return super().update(physical_id, old, new)

    def read(self, physical_id: str, inputs: VpcInputs) -> dict[str, Plain]:
        client = self.client("ec2")
        held = client.describe_vpcs(VpcIds=[physical_id])["Vpcs"][0]
        support = client.describe_vpc_attribute(VpcId=physical_id, Attribute="enableDnsSupport")[
            "EnableDnsSupport"
        ]
        names = client.describe_vpc_attribute(VpcId=physical_id, Attribute="enableDnsHostnames")[
            "EnableDnsHostnames"
        ]
        return {
            "cidrBlock": held["CidrBlock"],
            "enableDnsSupport": support["Value"],
            "enableDnsHostnames": names["Value"],
        }

    def delete(self, physical_id: str, inputs: VpcInputs) -> None:
        self.client("ec2").delete_vpc(VpcId=physical_id)

    def _names(self, physical_id: str, inputs: VpcInputs) -> None:
        client = self.client("ec2")
        client.modify_vpc_attribute(VpcId=physical_id, EnableDnsSupport={"Value": inputs.enable_dns_support})
        client.modify_vpc_attribute(
            VpcId=physical_id, EnableDnsHostnames={"Value": inputs.enable_dns_hostnames}
        )


class SubnetInputs(TaggedInputs):
    """A part of a network in one zone."""

    vpc_id: str
    cidr_block: str
    availability_zone: str = ""
    map_public_ip_on_launch: bool = False


@resource("aws:ec2/subnet:Subnet")
class Subnet(Ec2Resource):
    """A part of a network."""

    inputs = SubnetInputs
    kind = "subnet"

    def create(self, inputs: SubnetInputs) -> Made:
        zone = {"AvailabilityZone": inputs.availability_zone} if inputs.availability_zone else {}
        made = self.client("ec2").create_subnet(
            VpcId=inputs.vpc_id, CidrBlock=inputs.cidr_block, **zone, **self.tagged(inputs)
        )["Subnet"]
        physical_id = made["SubnetId"]
        outputs = {
            "arn": self.arn(physical_id),
            "ownerId": self.region.account,
            "availabilityZone": made["AvailabilityZone"],
            "availabilityZoneId": made.get("AvailabilityZoneId", ""),
        }
        with after_making(Made(physical_id, outputs)):
            self._publish(physical_id, inputs)
        return Made(physical_id, outputs)

    def update(self, physical_id: str, old: SubnetInputs, new: SubnetInputs) -> dict[str, Plain]:
        self._publish(physical_id, new)
        return super().update(physical_id, old, new)

    def read(self, physical_id: str, inputs: SubnetInputs) -> dict[str, Plain]:
        held = self.client("ec2").describe_subnets(SubnetIds=[physical_id])["Subnets"][0]
        return {"cidrBlock": held["CidrBlock"], "mapPublicIpOnLaunch": held["MapPublicIpOnLaunch"]}

    def delete(self, physical_id: str, inputs: SubnetInputs) -> None:
        self.client("ec2").delete_subnet(SubnetId=physical_id)

    def _publish(self, physical_id: str, inputs: SubnetInputs) -> None:
        self.client("ec2").modify_subnet_attribute(
            SubnetId=physical_id, MapPublicIpOnLaunch={"Value": inputs.map_public_ip_on_launch}
        )
