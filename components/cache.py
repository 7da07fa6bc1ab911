"""Valkey: the doorbell of the workers, the limits and sessions of the pages. Nothing in it is the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pulumi import ResourceOptions
from pulumi_aws import ec2, elasticache

from components.alarms import Alarm, Limit, above, watch
from components.base import Component
from components.iam import grant
from components.metrics import Metric
from components.network import Network
from components.reach import Door

_PORT = 6379
_MAIN = "main"

# When people are told.
_MEMORY = 75  # per cent; what is full refuses to take more
_CPU = 80  # per cent of the one processor that Valkey computes on
_REPLICATION_LAG = 10  # seconds
_MINUTES = 5
# Everything on keys, channels and scripts; nothing that reads other clients' traffic or rules the server.
# RQ itself asks for INFO (the server's version) and CLIENT LIST (its own address).
_RIGHTS = "on ~* &* +@all -@admin -@dangerous +info +client|list +client|setname"


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheArgs:
    """How big, where, and who is let in."""

    network: Network
    node: str  # a node type, "cache.t4g.micro"
    access: Literal["iam", "open"] = (
        "iam"  # open: plain TCP and no user, for a server that is reachable from home alone
    )
    replicas: int = 0  # copies of the primary; where the profile says multi_zone there is one at least


class Cache(Component):
    """ElastiCache for Valkey in the data tier. A client proves itself by its task role; there is no password.

    Creates: aws.elasticache.ReplicationGroup, aws.elasticache.ParameterGroup (noeviction),
    aws.elasticache.SubnetGroup, aws.ec2.SecurityGroup, with access ``iam`` aws.elasticache.User and
    aws.elasticache.UserGroup, and per server aws.cloudwatch.MetricAlarm (memory, evictions, processor,
    replication).
    """

    def __init__(self, name: str, args: CacheArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        group = ec2.SecurityGroup(
            self.child("group"),
            name=self.names.of("security-group", name),
            description="Valkey; each client adds its own rule",
            vpc_id=args.network.vpc.id,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        self._by_iam = args.access == "iam"
        self._user = self.names.of("cache-user", "tasks")
        self._copies = max(1 + args.replicas, 2 if self.care.multi_zone else 1)
        self.servers = self._run(args, group)
        self._watch()
        self.door = Door(
            name=name,
            security_group=group.id,
            port=_PORT,
            env={
                "CACHE_HOST": self.servers.primary_endpoint_address,
                "CACHE_PORT": self.servers.port.apply(str),
                "CACHE_TLS": "true" if self._by_iam else "false",
                "CACHE_USER": self._user if self._by_iam else "",
            },
            may=[grant("elasticache:Connect", on=self._arns())] if self._by_iam else [],
        )
        self.register_outputs({"address": self.servers.primary_endpoint_address})

    def _arns(self) -> list[str]:
        return [
            self.names.arn("cache", self.names.of("cache", _MAIN)),
            self.names.arn("cache-user", self._user),
        ]

    def _run(self, args: CacheArgs, group: ec2.SecurityGroup) -> elasticache.ReplicationGroup:
        return elasticache.ReplicationGroup(
            self.child("servers"),
            replication_group_id=self.names.of("cache", _MAIN),
            description="Job doorbells, limits, sessions",
            engine="valkey",
            engine_version="8.2",
            auto_minor_version_upgrade=True,
            node_type=args.node,
            num_cache_clusters=self._copies,
            automatic_failover_enabled=self._copies > 1,
            multi_az_enabled=self._copies > 1,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=self._by_iam,
            transit_encryption_mode="required" if self._by_iam else None,
            user_group_ids=[self._users().user_group_id] if self._by_iam else None,
            parameter_group_name=self._parameters().name,
            subnet_group_name=self._subnets(args.network).name,
            security_group_ids=[group.id],
            snapshot_retention_limit=1,
            apply_immediately=not self.care.protect,
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def _watch(self) -> None:
        limits: dict[str, tuple[str, Limit, str]] = {
            "memory": ("DatabaseMemoryUsagePercentage", above(_MEMORY), "is nearly full"),
            "evictions": ("Evictions", above(0), "has thrown keys away"),
            "cpu": ("EngineCPUUtilization", above(_CPU), "is short of processor"),
        }
        if self._copies > 1:
            limits["replication"] = ("ReplicationLag", above(_REPLICATION_LAG), "is behind its primary")
        for number in range(1, self._copies + 1):
            server = f"{self.names.of('cache', _MAIN)}-{number:03}"
            for what, (metric, limit, trouble) in limits.items():
                alarm = Alarm(
                    of=Metric("AWS/ElastiCache", metric, {"CacheClusterId": server}, "Maximum"),
                    bad=limit,
                    minutes=_MINUTES,
                    title=f"{server} {trouble}",
                    help="Jobs and sessions go through it; a bigger node is a setting of the stack file.",
                )
                watch(self, f"{number}-{what}", alarm, once_there_is=[self.servers])

    def _parameters(self) -> elasticache.ParameterGroup:
        """A doorbell that is evicted is a job nobody hears of; a full memory shall be an error."""
        return elasticache.ParameterGroup(
            self.child("parameters"),
            name=self.names.of("parameter-group", "valkey8"),
            family="valkey8",
            description="Valkey as VectorIcons runs it",
            parameters=[{"name": "maxmemory-policy", "value": "noeviction"}],
            # By this tag the policies know a store of jobs.
            tags=self.tags() | {"role": "rq"},
            opts=self.child_opts(),
        )

    def _subnets(self, network: Network) -> elasticache.SubnetGroup:
        return elasticache.SubnetGroup(
            self.child("subnets"),
            name=self.names.of("subnet-group", "cache"),
            description="The data tier",
            subnet_ids=network.data,
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def _users(self) -> elasticache.UserGroup:
        user = elasticache.User(
            self.child("user"),
            # ElastiCache takes IAM only from a user whose name is its id.
            user_id=self._user,
            user_name=self._user,
            engine="valkey",
            access_string=_RIGHTS,
            authentication_mode={"type": "iam"},
            tags=self.tags(),
            opts=self.child_opts(),
        )
        return elasticache.UserGroup(
            self.child("users"),
            user_group_id=self._user,
            engine="valkey",
            user_ids=[user.user_id],
            tags=self.tags(),
            opts=self.child_opts(),
        )
