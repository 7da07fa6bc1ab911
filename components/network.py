"""The private network: three tiers over the zones, one way out, and a record of every flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network
from typing import Literal

from pulumi import Output, ResourceOptions, info
from pulumi_aws import ec2, vpc

from components.addresses import Tier, plan
from components.alarms import Alarm, above, watch
from components.base import Component
from components.egress import SERVICES, sentence
from components.endpoints import endpoint_policy
from components.iam import Statement, grant
from components.metrics import Metric

# When people are told: more than this a minute, so many minutes in a row.
_NAT_ERRORS = 10
_NAT_MINUTES = 5

Subnets = Mapping[str, ec2.Subnet]
Tables = Mapping[str, ec2.RouteTable]


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkArgs:
    """The address space, where it lies, and whether tasks may reach beyond AWS."""

    cidr: IPv4Network
    zones: Sequence[str]
    egress: Literal["nat", "endpoints"]


class Network(Component):
    """A VPC with the tiers public (NAT alone), app (tasks) and data (database and cache; no route out).

    Creates: aws.ec2.Vpc, aws.ec2.DefaultSecurityGroup (closed), aws.ec2.Subnet, aws.ec2.RouteTable and
    aws.ec2.RouteTableAssociation (one per tier and zone), aws.ec2.VpcEndpoint (S3 gateway), aws.ec2.FlowLog
    with its aws.cloudwatch.LogGroup, aws.iam.Role and aws.iam.RolePolicy, aws.ec2.InternetGateway. With
    egress ``nat``: aws.ec2.Route, and aws.ec2.Eip with aws.ec2.NatGateway and aws.cloudwatch.MetricAlarm (2)
    (one, or one per zone where the profile says multi_zone). With ``endpoints``: aws.ec2.SecurityGroup,
    aws.vpc.SecurityGroupIngressRule, aws.ec2.VpcEndpoint (7).
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.vpc = ec2.Vpc(
            self.child("vpc"),
            cidr_block=str(args.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self.tags(self.names.stem),
            opts=self.child_opts(),
        )
        # Adopted only to be emptied: what is put in no group of its own can talk to nobody.
        ec2.DefaultSecurityGroup(
            self.child("default"),
            vpc_id=self.vpc.id,
            tags=self.tags(self.names.of("security-group", "closed")),
            opts=self.child_opts(),
        )
        self._doors: dict[str, ec2.VpcEndpoint] = {}
        ranges = plan(args.cidr, args.zones)
        public, public_tables = self._tier("public", ranges["public"])
        app, app_tables = self._tier("app", ranges["app"])
        data, data_tables = self._tier("data", ranges["data"])
        self.app: list[Output[str]] = [subnet.id for subnet in app.values()]
        self.data: list[Output[str]] = [subnet.id for subnet in data.values()]
        self._gateway_to_s3([*app_tables.values(), *data_tables.values()])
        self._record_flows()
        # CloudFront reaches into a network that has one, though no byte of it goes that way.
        internet = ec2.InternetGateway(
            self.child("internet"),
            vpc_id=self.vpc.id,
            tags=self.tags(self.names.stem),
            opts=self.child_opts(),
        )
        self.opens_to_the_world = args.egress == "nat"
        if self.opens_to_the_world:
            self._open_to_the_world(internet, public, public_tables, app_tables)
        else:
            self._open_to_aws(args.cidr)
        info(sentence(args.egress, len(args.zones), multi_zone=self.care.multi_zone), self)
        self.register_outputs({"vpc": self.vpc.id, "app": self.app, "data": self.data})

    def narrow(self) -> None:
        """Let through its endpoints what the roles made so far may do, and nothing else: to be said last.

        Creates: aws.ec2.VpcEndpointPolicy, one per endpoint.
        """
        granted = self.deployment.granted
        policy = partial(endpoint_policy, account=self.names.account, region=self.names.region)
        for service, door in self._doors.items():
            ec2.VpcEndpointPolicy(
                self.child(f"{service.replace('.', '-')}-policy"),
                vpc_endpoint_id=door.id,
                policy=self._all_granted().apply(partial(policy, service))
                if service == "secretsmanager"
                else policy(service, granted),
                opts=self.child_opts(),
            )

    def _all_granted(self) -> Output[list[Statement]]:
        """What roles may do, also on what AWS has named: of all that is behind a door, secrets alone."""
        granted = self.deployment.granted
        return Output.all(*self.deployment.granted_later).apply(lambda later: [*granted, *later])

    def _tier(self, tier: Tier, ranges: Mapping[str, IPv4Network]) -> tuple[Subnets, Tables]:
        """A tier's subnets and their route tables, by zone."""
        subnets, tables = {}, {}
        for zone, cidr in ranges.items():
            part = f"{tier}-{zone}"
            named = self.tags(f"{self.names.stem}-{part}")
            subnets[zone] = ec2.Subnet(
                self.child(part),
                vpc_id=self.vpc.id,
                availability_zone=zone,
                cidr_block=str(cidr),
                map_public_ip_on_launch=False,
                tags=named,
                opts=self.child_opts(),
            )
            tables[zone] = ec2.RouteTable(
                self.child(f"{part}-routes"), vpc_id=self.vpc.id, tags=named, opts=self.child_opts()
            )
            ec2.RouteTableAssociation(
                self.child(f"{part}-uses"),
                subnet_id=subnets[zone].id,
                route_table_id=tables[zone].id,
                opts=self.child_opts(),
            )
        return subnets, tables

    def _gateway_to_s3(self, tables: Sequence[ec2.RouteTable]) -> None:
        """Free of charge, and the images' bytes pass no NAT."""
        self._doors["s3"] = ec2.VpcEndpoint(
            self.child("s3"),
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{self.names.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables],
            tags=self.tags(f"{self.names.stem}-s3"),
            opts=self.child_opts(),
        )

    def _record_flows(self) -> None:
        group = self.log_group("flows", called=self.names.of("log-group", "flows"))
        role = self.role(
            "flows-role",
            called="flows",
            service="vpc-flow-logs.amazonaws.com",
            source=f"arn:aws:ec2:{self.names.region}:{self.names.account}:vpc-flow-log/*",
        )
        streams = self.names.arn("log-group", self.names.of("log-group", "flows")) + ":*"
        policy = self.allow(
            "flows-policy",
            role,
            grant("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", on=streams),
            called="write-flows",
        )
        ec2.FlowLog(
            self.child("flow-log"),
            vpc_id=self.vpc.id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=600,
            tags=self.tags(self.names.stem),
            opts=self.child_opts(depends_on=[policy]),
        )

    def _open_to_the_world(
        self,
        internet: ec2.InternetGateway,
        public: Subnets,
        public_tables: Tables,
        app_tables: Tables,
    ) -> None:
        """Tasks reach out through NAT; nothing reaches in."""
        for zone, table in public_tables.items():
            ec2.Route(
                self.child(f"public-{zone}-out"),
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=internet.id,
                opts=self.child_opts(),
            )
        first = next(iter(public))
        gateways = {
            zone: self._nat(zone, subnet, internet)
            for zone, subnet in public.items()
            if self.care.multi_zone or zone == first
        }
        for zone, table in app_tables.items():
            ec2.Route(
                self.child(f"app-{zone}-out"),
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways.get(zone, gateways[first]).id,
                opts=self.child_opts(),
            )

    def _nat(self, zone: str, subnet: ec2.Subnet, internet: ec2.InternetGateway) -> ec2.NatGateway:
        named = self.tags(f"{self.names.stem}-{zone}")
        address = ec2.Eip(self.child(f"{zone}-address"), domain="vpc", tags=named, opts=self.child_opts())
        gateway = ec2.NatGateway(
            self.child(f"{zone}-nat"),
            subnet_id=subnet.id,
            allocation_id=address.allocation_id,
            tags=named,
            opts=self.child_opts(depends_on=[internet]),
        )
        for part, metric in (("ports", "ErrorPortAllocation"), ("packets", "PacketsDropCount")):
            alarm = Alarm(
                of=Metric("AWS/NATGateway", metric, {"NatGatewayId": gateway.id}, "Sum"),
                bad=above(_NAT_ERRORS),
                minutes=_NAT_MINUTES,
                title=f"The NAT gateway in {zone} loses connections",
                help="Tasks there may not reach Slack or AWS; the flow log shows who opens so many.",
            )
            watch(self, f"{zone}-nat-{part}", alarm)
        return gateway

    def _open_to_aws(self, cidr: IPv4Network) -> None:
        """Tasks reach the AWS services they use, inside the VPC, and nothing else."""
        group = ec2.SecurityGroup(
            self.child("endpoints"),
            name=self.names.of("security-group", "endpoints"),
            description="AWS services inside the VPC",
            vpc_id=self.vpc.id,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        vpc.SecurityGroupIngressRule(
            self.child("endpoints-in"),
            security_group_id=group.id,
            description="HTTPS from the VPC",
            cidr_ipv4=str(cidr),
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        for service in SERVICES:
            self._doors[service] = ec2.VpcEndpoint(
                self.child(service.replace(".", "-")),
                vpc_id=self.vpc.id,
                service_name=f"com.amazonaws.{self.names.region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=self.app,
                security_group_ids=[group.id],
                tags=self.tags(f"{self.names.stem}-{service}"),
                opts=self.child_opts(),
            )
