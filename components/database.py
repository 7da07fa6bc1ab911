"""PostgreSQL: where the truth is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, ec2, iam, rds

from components.alarms import Alarm, Limit, above, below, watch
from components.base import Component
from components.iam import grant
from components.instances import GIB, connections, memory
from components.metrics import Metric
from components.names import PROJECT
from components.network import Network
from components.reach import Door

_PORT = 5432
# When people are told.
_CPU = 80  # per cent
_FREE_STORAGE = 0.15  # of what is allocated
_FREE_MEMORY = 0.05
_CONNECTIONS = 0.8  # of as many as there can be
_REPLICA_LAG = 60  # seconds
_MINUTES = 10
_LOGS = ("postgresql", "upgrade")


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseArgs:
    """How big, where, and how its clients must speak to it."""

    network: Network
    instance: str  # an instance class, "db.t4g.micro"
    storage: int  # GiB
    sslmode: Literal["require", "disable"] = "require"
    replicas: int = 0  # copies that may be read, each in the data tier


class Database(Component):
    """RDS for PostgreSQL 18, in the data tier, encrypted, its master password made and kept by RDS.

    Creates: aws.rds.Instance (and one per replica), aws.rds.ParameterGroup (TLS forced), aws.rds.SubnetGroup,
    aws.ec2.SecurityGroup, per instance aws.cloudwatch.LogGroup (2) and aws.cloudwatch.MetricAlarm
    (processors, storage, memory, connections; a replica's lag), and for its metrics aws.iam.Role with
    aws.iam.RolePolicy.
    """

    def __init__(self, name: str, args: DatabaseArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._group = ec2.SecurityGroup(
            self.child("group"),
            name=self.names.of("security-group", name),
            description="PostgreSQL; each client adds its own rule",
            vpc_id=args.network.vpc.id,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        self._metrics = self._metrics_role()
        self._parameters = self._parameter_group()
        self.instance = self._primary(args)
        self.replicas = [self._replica(args, number) for number in range(1, args.replicas + 1)]
        # Read by the tasks themselves, at each connection that needs it: RDS changes it every seven days.
        secret = self.instance.master_user_secrets.apply(lambda secrets: secrets[0].secret_arn or "")
        self.door = Door(
            name=name,
            security_group=self._group.id,
            port=_PORT,
            env={
                "DATABASE_HOST": self.instance.address,
                "DATABASE_PORT": self.instance.port.apply(str),
                "DATABASE_NAME": PROJECT,
                "DATABASE_USER": PROJECT,
                "DATABASE_SSLMODE": args.sslmode,
                "DATABASE_SECRET_ARN": secret,
            },
            may=[secret.apply(lambda arn: grant("secretsmanager:GetSecretValue", on=arn))],
        )
        self.register_outputs({"address": self.instance.address})

    def _primary(self, args: DatabaseArgs) -> rds.Instance:
        identifier = self.names.of("database", "main")
        instance = rds.Instance(
            self.child("instance"),
            identifier=identifier,
            engine="postgres",
            engine_version="18",
            allocated_storage=args.storage,
            db_name=PROJECT,
            username=PROJECT,
            # RDS makes the password, keeps it in Secrets Manager and changes it every seven days.
            manage_master_user_password=True,
            db_subnet_group_name=self._subnets(args.network).name,
            skip_final_snapshot=not self.care.protect,
            final_snapshot_identifier=f"{identifier}-final",
            **self._as_careful(args),
            opts=self.child_opts(protect=self.care.protect, depends_on=[*self._logs("", identifier)]),
        )
        self._watch("", instance, _troubles(identifier, args))
        return instance

    def _replica(self, args: DatabaseArgs, number: int) -> rds.Instance:
        """A copy that follows the primary, and could take its place."""
        part = f"replica-{number}-"
        identifier = self.names.of("database", f"replica-{number}")
        replica = rds.Instance(
            self.child(f"{part}instance"),
            identifier=identifier,
            replicate_source_db=self.instance.identifier,
            # What it holds, the primary holds; its snapshot is the one that counts.
            skip_final_snapshot=True,
            **self._as_careful(args),
            opts=self.child_opts(protect=self.care.protect, depends_on=[*self._logs(part, identifier)]),
        )
        late = _alarm(identifier, "ReplicaLag", above(_REPLICA_LAG), "is behind its primary")
        self._watch(part, replica, {**_troubles(identifier, args), "lag": late})
        return replica

    def _as_careful(self, args: DatabaseArgs) -> dict[str, Any]:
        """What primary and replicas have in common."""
        return {
            "auto_minor_version_upgrade": True,
            "instance_class": args.instance,
            "max_allocated_storage": args.storage * 5,
            "storage_type": "gp3",
            "storage_encrypted": True,
            "iam_database_authentication_enabled": True,
            "ca_cert_identifier": "rds-ca-rsa2048-g1",
            "parameter_group_name": self._parameters.name,
            "vpc_security_group_ids": [self._group.id],
            "publicly_accessible": False,
            "multi_az": self.care.multi_zone,
            "backup_retention_period": self.care.backup_days,
            "copy_tags_to_snapshot": True,
            "deletion_protection": self.care.protect,
            "apply_immediately": not self.care.protect,
            "enabled_cloudwatch_logs_exports": list(_LOGS),
            "performance_insights_enabled": True,
            "monitoring_interval": 60,
            "monitoring_role_arn": self._metrics.arn,
            "tags": self.tags(),
        }

    def _watch(self, part: str, instance: rds.Instance, alarms: Mapping[str, Alarm]) -> None:
        for what, alarm in alarms.items():
            watch(self, f"{part}{what}", alarm, once_there_is=[instance])

    def _parameter_group(self) -> rds.ParameterGroup:
        return rds.ParameterGroup(
            self.child("parameters"),
            name=self.names.of("parameter-group", "postgres18"),
            family="postgres18",
            description="PostgreSQL as VectorIcons runs it",
            parameters=[
                {"name": "rds.force_ssl", "value": "1"},
                {"name": "log_lock_waits", "value": "1"},
                {"name": "log_min_duration_statement", "value": "500"},
                # What takes milliseconds is not compiled first, and a page anywhere costs what the next does.
                {"name": "jit", "value": "0"},
                {"name": "random_page_cost", "value": "1.1"},
            ],
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def _subnets(self, network: Network) -> rds.SubnetGroup:
        return rds.SubnetGroup(
            self.child("subnets"),
            name=self.names.of("subnet-group", "database"),
            description="The data tier",
            subnet_ids=network.data,
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def _logs(self, part: str, identifier: str) -> list[cloudwatch.LogGroup]:
        """Made before RDS would make them, so that they forget."""
        return [
            self.log_group(f"{part}{kind}-log", called=f"/aws/rds/instance/{identifier}/{kind}")
            for kind in _LOGS
        ]

    def _metrics_role(self) -> iam.Role:
        """What AmazonRDSEnhancedMonitoringRole allows, on the one log group it is for."""
        role = self.role(
            "metrics-role",
            called="database-metrics",
            service="monitoring.rds.amazonaws.com",
            source=f"arn:aws:rds:{self.names.region}:{self.names.account}:db:{self.names.stem}-*",
        )
        group = self.names.arn("log-group", "RDSOSMetrics")
        self.allow(
            "metrics-policy",
            role,
            grant("logs:CreateLogGroup", "logs:PutRetentionPolicy", on=group),
            grant("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", on=f"{group}:*"),
            called="write-metrics",
        )
        return role


def _troubles(identifier: str, args: DatabaseArgs) -> dict[str, Alarm]:
    """What people are told of any instance."""
    least_storage = args.storage * GIB * _FREE_STORAGE
    least_memory = memory(args.instance) * _FREE_MEMORY
    most_connections = int(connections(args.instance) * _CONNECTIONS)
    return {
        "cpu": _alarm(identifier, "CPUUtilization", above(_CPU), "is short of processors"),
        "storage": _alarm(identifier, "FreeStorageSpace", below(least_storage), "is short of storage"),
        "memory": _alarm(identifier, "FreeableMemory", below(least_memory), "is short of memory"),
        "connections": _alarm(
            identifier, "DatabaseConnections", above(most_connections), "has hardly a connection left"
        ),
    }


def _alarm(identifier: str, metric: str, bad: Limit, trouble: str) -> Alarm:
    return Alarm(
        of=Metric("AWS/RDS", metric, {"DBInstanceIdentifier": identifier}),
        bad=bad,
        minutes=_MINUTES,
        title=f"{identifier} {trouble}",
        help="Performance Insights shows what it works on.",
        silence="breaching",
    )
