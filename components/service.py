"""A service: a task that is kept running."""

from __future__ import annotations

from pulumi import ResourceOptions
from pulumi_aws import ecs

from components.task import Task, TaskArgs


class Service(Task):
    """As many of a task as its size says; a new version that does not start is taken back.

    Creates: aws.ecs.Service, and all that a Task creates.
    """

    def __init__(self, name: str, args: TaskArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        ecs.Service(
            self.child("service"),
            name=self.names.of("service", name),
            cluster=args.cluster.created,
            task_definition=self.definition.arn,
            desired_count=args.size.count,
            capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1}],
            platform_version="LATEST",
            network_configuration={
                "subnets": args.cluster.network.app,
                "security_groups": [self.security_group],
                "assign_public_ip": False,
            },
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            # An update has succeeded when the tasks run, not when ECS was asked.
            wait_for_steady_state=True,
            tags=self.tags(),
            # Without its rights a task cannot even start.
            opts=self.child_opts(depends_on=self.permitted),
        )
