"""EC2: how a network reaches what is outside it."""

from __future__ import annotations

from pydantic import Field, field_validator

from local.provider.errors import after_making
from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.services.ec2 import Ec2Resource, TaggedInputs
from local.provider.services.wire import to_aws
from local.provider.values import Plain


class GatewayInputs(TaggedInputs):
    """The network that a gateway opens."""

    vpc_id: str = ""


@resource("aws:ec2/internetGateway:InternetGateway")
class InternetGateway(Ec2Resource):
    """The way to the internet."""

    inputs = GatewayInputs
    kind = "internet-gateway"

    def create(self, inputs: GatewayInputs) -> Made:
        client = self.client("ec2")
        made = client.create_internet_gateway(**self.tagged(inputs))["InternetGateway"]
        gateway = made["InternetGatewayId"]
        outputs = {"arn": self.arn(gateway), "ownerId": self.region.account, "vpcId": inputs.vpc_id}
        with after_making(Made(gateway, outputs)):
            if inputs.vpc_id:
                client.attach_internet_gateway(InternetGatewayId=gateway, VpcId=inputs.vpc_id)
        return Made(gateway, outputs)

    def read(self, physical_id: str, inputs: GatewayInputs) -> dict[str, Plain]:
        held = self.client("ec2").describe_internet_gateways(InternetGatewayIds=[physical_id])[
            "InternetGateways"
        ][0]
        return {"vpcId": held["Attachments"][0]["VpcId"] if held["Attachments"] else ""}

    def delete(self, physical_id: str, inputs: GatewayInputs) -> None:
        client = self.client("ec2")
        if inputs.vpc_id:
            client.detach_internet_gateway(InternetGatewayId=physical_id, VpcId=inputs.vpc_id)
        client.delete_internet_gateway(InternetGatewayId=physical_id)


class TableInputs(TaggedInputs):
    """A route table; its routes are resources of their own."""

    vpc_id: str
    routes: list[Plain] = Field(default_factory=list)

    @field_validator("routes")
    @classmethod
    def _apart(cls, routes: list[Plain]) -> list[Plain]:
        if routes:
            raise ValueError("declare each route as an aws.ec2.Route")
        return routes


@resource("aws:ec2/routeTable:RouteTable")
class RouteTable(Ec2Resource):
    """A route table."""

    inputs = TableInputs
    kind = "route-table"

    def create(self, inputs: TableInputs) -> Made:
        made = self.client("ec2").create_route_table(VpcId=inputs.vpc_id, **self.tagged(inputs))["RouteTable"]
        physical_id = made["RouteTableId"]
        return Made(physical_id, {"arn": self.arn(physical_id), "ownerId": self.region.account})

    def read(self, physical_id: str, inputs: TableInputs) -> dict[str, Plain]:
        held = self.client("ec2").describe_route_tables(RouteTableIds=[physical_id])["RouteTables"][0]
        return {"vpcId": held["VpcId"]}

    def delete(self, physical_id: str, inputs: TableInputs) -> None:
        self.client("ec2").delete_route_table(RouteTableId=physical_id)


class RouteInputs(Inputs):
    """Where packets for a range go."""

    route_table_id: str
    destination_cidr_block: str
    gateway_id: str = ""
    nat_gateway_id: str = ""


@resource("aws:ec2/route:Route")
class Route(Resource[RouteInputs]):
    """A route."""

    inputs = RouteInputs

    def create(self, inputs: RouteInputs) -> Made:
        self.client("ec2").create_route(**_target(inputs))
        return Made("", {"origin": "CreateRoute", "state": "active"})

    def update(self, physical_id: str, old: RouteInputs, new: RouteInputs) -> dict[str, Plain]:
        self.client("ec2").replace_route(**_target(new))
        return {}

    def read(self, physical_id: str, inputs: RouteInputs) -> dict[str, Plain]:
        tables = self.client("ec2").describe_route_tables(RouteTableIds=[inputs.route_table_id])[
            "RouteTables"
        ]
        for route in tables[0]["Routes"]:
            if route.get("DestinationCidrBlock") == inputs.destination_cidr_block:
                return {
                    "gatewayId": route.get("GatewayId", ""),
                    "natGatewayId": route.get("NatGatewayId", ""),
                }
        raise GoneError

    def delete(self, physical_id: str, inputs: RouteInputs) -> None:
        self.client("ec2").delete_route(
            RouteTableId=inputs.route_table_id, DestinationCidrBlock=inputs.destination_cidr_block
        )


def _target(route: RouteInputs) -> dict[str, Plain]:
    return dict(to_aws({key: value for key, value in route.model_dump(by_alias=True).items() if value}))


class AssociationInputs(Inputs):
    """Which subnet uses which route table."""

    route_table_id: str
    subnet_id: str


@resource("aws:ec2/routeTableAssociation:RouteTableAssociation")
class RouteTableAssociation(Resource[AssociationInputs]):
    """A subnet's use of a route table."""

    inputs = AssociationInputs

    def create(self, inputs: AssociationInputs) -> Made:
        made = self.client("ec2").associate_route_table(
            RouteTableId=inputs.route_table_id, SubnetId=inputs.subnet_id
        )
        return Made(made["AssociationId"])

    def read(self, physical_id: str, inputs: AssociationInputs) -> dict[str, Plain]:
        by_id = [{"Name": "association.route-table-association-id", "Values": [physical_id]}]
        tables = self.client("ec2").describe_route_tables(Filters=by_id)["RouteTables"]
        if not tables:
            raise GoneError
        return {"routeTableId": tables[0]["RouteTableId"]}

    def delete(self, physical_id: str, inputs: AssociationInputs) -> None:
        self.client("ec2").disassociate_route_table(AssociationId=physical_id)


@resource("aws:ec2/eip:Eip")
class Eip(Ec2Resource):
    """A public address."""

    inputs = TaggedInputs
    kind = "elastic-ip"

    def create(self, inputs: TaggedInputs) -> Made:
        made = self.client("ec2").allocate_address(Domain="vpc", **self.tagged(inputs))
        physical_id = made["AllocationId"]
        return Made(
            physical_id,
            {"arn": self.arn(physical_id), "allocationId": physical_id, "publicIp": made["PublicIp"]},
        )

    def read(self, physical_id: str, inputs: TaggedInputs) -> dict[str, Plain]:
        self.client("ec2").describe_addresses(AllocationIds=[physical_id])
        return {}

    def delete(self, physical_id: str, inputs: TaggedInputs) -> None:
        self.client("ec2").release_address(AllocationId=physical_id)


class NatInputs(TaggedInputs):
    """Where a NAT gateway stands, and its public address."""

    subnet_id: str
    allocation_id: str


@resource("aws:ec2/natGateway:NatGateway")
class NatGateway(Ec2Resource):
    """The way out for who has no public address."""

    inputs = NatInputs
    kind = "natgateway"

    def create(self, inputs: NatInputs) -> Made:
        made = self.client("ec2").create_nat_gateway(
            SubnetId=inputs.subnet_id, AllocationId=inputs.allocation_id, **self.tagged(inputs)
        )["NatGateway"]
        return Made(made["NatGatewayId"])

    def read(self, physical_id: str, inputs: NatInputs) -> dict[str, Plain]:
        held = self.client("ec2").describe_nat_gateways(NatGatewayIds=[physical_id])["NatGateways"]
        if not held or held[0]["State"] == "deleted":
            raise GoneError
        return {"subnetId": held[0]["SubnetId"]}

    def delete(self, physical_id: str, inputs: NatInputs) -> None:
        self.client("ec2").delete_nat_gateway(NatGatewayId=physical_id)


class EndpointInputs(TaggedInputs):
    """Which service of AWS is reached inside the network."""

    vpc_id: str
    service_name: str
    vpc_endpoint_type: str = "Gateway"
    route_table_ids: list[str] = Field(default_factory=list)
    subnet_ids: list[str] = Field(default_factory=list)
    security_group_ids: list[str] = Field(default_factory=list)
    private_dns_enabled: bool = False
    policy: str = ""


@resource("aws:ec2/vpcEndpoint:VpcEndpoint")
class VpcEndpoint(Ec2Resource):
    """A service of AWS inside the network."""

    inputs = EndpointInputs
    kind = "vpc-endpoint"

    def create(self, inputs: EndpointInputs) -> Made:
        declared = inputs.model_dump(by_alias=True, exclude={"tags", "policy"})
        policy = {"PolicyDocument": inputs.policy} if inputs.policy else {}
        made = self.client("ec2").create_vpc_endpoint(
            **to_aws({key: value for key, value in declared.items() if value}),
            **policy,
            **self.tagged(inputs),
        )["VpcEndpoint"]
        physical_id = made["VpcEndpointId"]
        return Made(physical_id, {"arn": self.arn(physical_id), "ownerId": self.region.account})

    def update(self, physical_id: str, old: EndpointInputs, new: EndpointInputs) -> dict[str, Plain]:
        """Tables, subnets and groups come and go one by one."""
        changed: dict[str, Plain] = {}
        for name in ("RouteTableIds", "SubnetIds", "SecurityGroupIds"):
            was, shall = (
                to_aws(old.model_dump(by_alias=True))[name],
                to_aws(new.model_dump(by_alias=True))[name],
            )
            changed[f"Add{name}"] = sorted(set(shall) - set(was))
            changed[f"Remove{name}"] = sorted(set(was) - set(shall))
        if new.policy != old.policy:
            changed |= {"PolicyDocument": new.policy} if new.policy else {"ResetPolicy": True}
        if any(changed.values()):
            given = {name: value for name, value in changed.items() if value}
            self.client("ec2").modify_vpc_endpoint(VpcEndpointId=physical_id, **given)
        return super().update(physical_id, old, new)

    def read(self, physical_id: str, inputs: EndpointInputs) -> dict[str, Plain]:
        held = self.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[physical_id])["VpcEndpoints"]
        if not held or held[0]["State"] == "deleted":
            raise GoneError
        return {"vpcId": held[0]["VpcId"], "serviceName": held[0]["ServiceName"]}

    def delete(self, physical_id: str, inputs: EndpointInputs) -> None:
        self.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[physical_id])
