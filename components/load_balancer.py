"""The load balancer: inside the network, reached through CloudFront alone, in front of the services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2, ecs, lb, vpc

from components.alarms import Alarm, above, watch
from components.base import Component
from components.buckets import LOAD_BALANCER, Bucket
from components.edges import Edge, declare_edge
from components.metrics import Metric
from components.network import Network

_METRICS = "AWS/ApplicationELB"
_ERRORS, _ERROR_MINUTES = 5, 5  # more than so many in each of so many minutes
_HEALTH = "/healthz"
_LEAVE = 60  # seconds that answers under way have to finish, half of what a task has to stop
_TLS = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"  # 1.3, and of 1.2 what has forward secrecy


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadBalancerArgs:
    """Where it stands, what it proves itself with, who comes in, and where it writes who did."""

    network: Network
    certificate: Input[str] | None  # ACM, of this region; None where the stack has no host name
    prefix_list: str  # of the addresses CloudFront comes from, "pl-..."; AWS keeps it
    logs: Bucket


class LoadBalancer(Component):
    """An internal Application Load Balancer that speaks HTTPS to CloudFront and to nobody else.

    A request that no service's :class:`Route` asks for is answered 404. There is no listener for plain HTTP.

    Creates: aws.lb.LoadBalancer, aws.lb.Listener, aws.ec2.SecurityGroup, aws.vpc.SecurityGroupIngressRule,
    aws.cloudwatch.MetricAlarm.
    """

    def __init__(self, name: str, args: LoadBalancerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.vpc: Output[str] = args.network.vpc.id
        self.security_group = self._let_cloudfront_in(name, args)
        balancer = lb.LoadBalancer(
            self.child("balancer"),
            name=self.names.of("load-balancer", "main"),
            load_balancer_type="application",
            internal=True,
            subnets=args.network.app,
            security_groups=[self.security_group],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=self.care.protect,
            idle_timeout=60,  # longer than the pause between two signs of life of a stream
            access_logs={"bucket": args.logs.ready, "prefix": LOAD_BALANCER, "enabled": True},
            tags=self.tags(),
            opts=self.child_opts(),
        )
        self.arn: Output[str] = balancer.arn
        self.metric: Output[str] = balancer.arn_suffix  # what CloudWatch calls it
        self.host: Output[str] = balancer.dns_name
        self.listener: Output[str] = lb.Listener(
            self.child("https"),
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=_TLS,
            certificate_arn=args.certificate,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {
                        "status_code": "404",
                        "content_type": "text/plain",
                        "message_body": "There is nothing here.",
                    },
                }
            ],
            tags=self.tags(),
            opts=self.child_opts(),
        ).arn
        watch(
            self,
            "errors",
            Alarm(
                of=Metric(_METRICS, "HTTPCode_ELB_5XX_Count", {"LoadBalancer": self.metric}, "Sum"),
                bad=above(_ERRORS),
                minutes=_ERROR_MINUTES,
                title="The load balancer has no answer for visitors",
                help="Its targets are missing or silent: see the services behind it.",
            ),
        )
        self.register_outputs({"host": self.host})

    def _let_cloudfront_in(self, name: str, args: LoadBalancerArgs) -> Output[str]:
        group = ec2.SecurityGroup(
            self.child("group"),
            name=self.names.of("security-group", name),
            description="The load balancer; each service adds the way to itself",
            vpc_id=args.network.vpc.id,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        vpc.SecurityGroupIngressRule(
            self.child("from-cloudfront"),
            security_group_id=group.id,
            description="HTTPS from CloudFront",
            prefix_list_id=args.prefix_list,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        return group.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """Which requests a service answers. Of routes that fit, the one with the lowest *priority* has them."""

    balancer: LoadBalancer
    host: str
    priority: int
    paths: Sequence[str] = ("/*",)


@dataclass(frozen=True, slots=True)
class Front:
    """A service's place behind the load balancer: what ECS has to be told, and where requests are counted."""

    for_ecs: ecs.ServiceLoadBalancerArgsDict
    requests: Output[str]


def stand_behind(service: Component, security_group: Output[str], route: Route, port: int | None) -> Front:
    """Have *service* answer what *route* sends to its *port*.

    Creates: aws.lb.TargetGroup, aws.lb.ListenerRule, aws.vpc.SecurityGroupEgressRule,
    aws.vpc.SecurityGroupIngressRule, aws.cloudwatch.MetricAlarm (unhealthy targets, errors).
    """
    name = service.pulumi_resource_name
    if port is None:
        raise ValueError(f"{name} stands behind a load balancer and listens on no port.")
    targets = lb.TargetGroup(
        service.child("targets"),
        name=service.names.of("target-group", name),
        vpc_id=route.balancer.vpc,
        target_type="ip",
        protocol="HTTP",
        port=port,
        health_check={
            "path": _HEALTH,
            "matcher": "200",
            "interval": 10,
            "timeout": 5,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        },
        deregistration_delay=_LEAVE,
        load_balancing_algorithm_type="least_outstanding_requests",
        tags=service.tags(),
        opts=service.child_opts(),
    )
    rule = lb.ListenerRule(
        service.child("route"),
        listener_arn=route.balancer.listener,
        priority=route.priority,
        conditions=[
            {"host_header": {"values": [route.host]}},
            {"path_pattern": {"values": list(route.paths)}},
        ],
        actions=[{"type": "forward", "target_group_arn": targets.arn}],
        tags=service.tags(),
        opts=service.child_opts(),
    )
    _watch(service, targets, route.balancer)
    _edge(service, security_group, route.balancer.security_group, port)
    # Through the rule: ECS refuses a target group that no load balancer has.
    known = Output.all(targets.arn, rule.id).apply(lambda both: str(both[0]))
    return Front(
        {"target_group_arn": known, "container_name": name, "container_port": port},
        Output.concat(route.balancer.metric, "/", targets.arn_suffix),
    )


def _watch(service: Component, targets: lb.TargetGroup, balancer: LoadBalancer) -> None:
    where = {"LoadBalancer": balancer.metric, "TargetGroup": targets.arn_suffix}
    name = service.pulumi_resource_name
    watch(
        service,
        "unhealthy",
        Alarm(
            of=Metric(_METRICS, "UnHealthyHostCount", where, "Maximum"),
            bad=above(0),
            minutes=10,
            title=f"{name} has tasks that do not answer {_HEALTH}",
            help="Their log says why; ECS starts others in their place.",
        ),
    )
    watch(
        service,
        "errors",
        Alarm(
            of=Metric(_METRICS, "HTTPCode_Target_5XX_Count", where, "Sum"),
            bad=above(_ERRORS),
            minutes=_ERROR_MINUTES,
            title=f"{name} answers with errors",
            help="Its log has each of them with its trace id.",
        ),
    )


def _edge(service: Component, its_group: Output[str], balancers_group: Output[str], port: int) -> None:
    edge = Edge(
        source=balancers_group,
        target=its_group,
        port=port,
        description=f"The load balancer to {service.pulumi_resource_name}",
    )
    declare_edge(service, edge, out="from-load-balancer", into="let-load-balancer-in")
