"""PostgreSQL: where the truth is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, ec2, iam, rds

from components.base import Component
from components.iam import document, grant, trust
from components.names import PROJECT
from components.network import Network
from components.reach import Door, SecretValue

_PORT = 5432
_LOGS = ("postgresql", "upgrade")


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseArgs:
    """How big, where, and how its clients must speak to it."""

    network: Network
    instance: str  # an instance class, "db.t4g.micro"
    storage: int  # GiB
    sslmode: Literal["require", "disable"] = "require"


class Database(Component):
    """RDS for PostgreSQL 18, in the data tier, encrypted, its master password made and kept by RDS.

    Creates: aws.rds.Instance, aws.rds.ParameterGroup (TLS forced), aws.rds.SubnetGroup,
    aws.ec2.SecurityGroup, aws.cloudwatch.LogGroup (2), and for its metrics aws.iam.Role with
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
        self.instance = self._run(args)
        password = self.instance.master_user_secrets.apply(lambda secrets: secrets[0].secret_arn or "")
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
            },
            secrets={
                "DATABASE_PASSWORD": SecretValue(password.apply(lambda arn: f"{arn}:password::"), password)
            },
        )
        self.register_outputs({"address": self.instance.address})

    def _run(self, args: DatabaseArgs) -> rds.Instance:
        identifier = self.names.of("database", "main")
        logs = [self._log(identifier, kind) for kind in _LOGS]
        role = self._metrics_role()
        return rds.Instance(
            self.child("instance"),
            identifier=identifier,
            engine="postgres",
            engine_version="18",
            auto_minor_version_upgrade=True,
            instance_class=args.instance,
            allocated_storage=args.storage,
            max_allocated_storage=args.storage * 5,
            storage_type="gp3",
            storage_encrypted=True,
            db_name=PROJECT,
            username=PROJECT,
            manage_master_user_password=True,
            iam_database_authentication_enabled=True,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            parameter_group_name=self._parameters().name,
            db_subnet_group_name=self._subnets(args.network).name,
            vpc_security_group_ids=[self._group.id],
            publicly_accessible=False,
            multi_az=self.care.multi_zone,
            backup_retention_period=self.care.backup_days,
            copy_tags_to_snapshot=True,
            deletion_protection=self.care.protect,
            skip_final_snapshot=not self.care.protect,
            final_snapshot_identifier=f"{identifier}-final",
            apply_immediately=not self.care.protect,
            enabled_cloudwatch_logs_exports=list(_LOGS),
            performance_insights_enabled=True,
            monitoring_interval=60,
            monitoring_role_arn=role.arn,
            tags=self.tags(),
            opts=self.child_opts(protect=self.care.protect, depends_on=[*logs]),
        )

    def _parameters(self) -> rds.ParameterGroup:
        return rds.ParameterGroup(
            self.child("parameters"),
            name=self.names.of("parameter-group", "postgres18"),
            family="postgres18",
            description="PostgreSQL as VectorIcons runs it",
            parameters=[
                {"name": "rds.force_ssl", "value": "1"},
                {"name": "log_lock_waits", "value": "1"},
                {"name": "log_min_duration_statement", "value": "500"},
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

    def _log(self, identifier: str, kind: str) -> cloudwatch.LogGroup:
        """Made before RDS would make it, so that it forgets."""
        return cloudwatch.LogGroup(
            self.child(f"{kind}-log"),
            name=f"/aws/rds/instance/{identifier}/{kind}",
            retention_in_days=self.care.log_days,
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def _metrics_role(self) -> iam.Role:
        """What AmazonRDSEnhancedMonitoringRole allows, on the one log group it is for."""
        role = iam.Role(
            self.child("metrics-role"),
            name=self.names.of("role", "database-metrics"),
            assume_role_policy=trust(
                "monitoring.rds.amazonaws.com",
                account=self.names.account,
                source=self.names.arn("database", self.names.of("database", "main")),
            ),
            tags=self.tags(),
            opts=self.child_opts(),
        )
        group = self.names.arn("log-group", "RDSOSMetrics")
        iam.RolePolicy(
            self.child("metrics-policy"),
            name="write-metrics",
            role=role.name,
            policy=document(
                grant("logs:CreateLogGroup", "logs:PutRetentionPolicy", on=group),
                grant(
                    "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", on=f"{group}:*"
                ),
            ),
            opts=self.child_opts(),
        )
        return role
