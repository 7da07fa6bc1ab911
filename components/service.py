"""A service: a task that is kept running."""

from __future__ import annotations

from pulumi import ResourceOptions
from pulumi_aws import ecs

from components.alarms import Alarm, above, at_least, watch
from components.load_balancer import stand_behind
from components.metrics import Formula, Metric
from components.scaling import Scaled, desired_tasks, running_tasks, scale
from components.sections.services import Size
from components.task import Task, TaskArgs

_START = 120  # seconds that a new task has for its init containers and for beginning to answer
_BUSY = 90  # per cent of a task's processors or memory
_BUSY_MINUTES = 15
_SHORT_MINUTES = 10  # longer than a deployment, or a task that ends and is started again
_FULL_MINUTES = 30


class Service(Task):
    """As many of a task as its work asks, within its size; a new version that does not start is taken back.

    Creates: aws.ecs.Service, aws.appautoscaling.Target, aws.appautoscaling.Policy, aws.cloudwatch.MetricAlarm
    (tasks missing, at its most, processors, memory), all that a Task creates, and behind a load balancer
    aws.lb.TargetGroup, aws.lb.ListenerRule, aws.vpc.SecurityGroupEgressRule and
    aws.vpc.SecurityGroupIngressRule.
    """

    def __init__(self, name: str, args: TaskArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        called = self.names.of("service", name)
        front = stand_behind(self, self.security_group, args.behind, args.port) if args.behind else None
        service = ecs.Service(
            self.child("service"),
            name=called,
            cluster=args.cluster.created,
            task_definition=self.definition.arn,
            desired_count=args.size.min,
            capacity_provider_strategies=_capacity(args.size),
            # Without it a change of the share of Spot would delete the service and make another.
            force_new_deployment=True,
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
            load_balancers=[front.for_ecs] if front else [],
            health_check_grace_period_seconds=_START if front else None,
            # Without its rights a task cannot even start. How many run is then for scaling to say.
            opts=self.child_opts(depends_on=self.permitted, ignore_changes=["desiredCount"]),
        )
        scaled = Scaled(cluster=args.cluster.name, service=called, requests=front.requests if front else None)
        scale(self, scaled, size=args.size, by=args.scale, after=service)
        self._watch(args.cluster.name, called, args.size)

    def _watch(self, cluster: str, service: str, size: Size) -> None:
        running, desired = running_tasks(cluster, service), desired_tasks(cluster, service)
        name = self.pulumi_resource_name
        watch(
            self,
            "short",
            Alarm(
                of=Formula("desired - running", {"desired": desired, "running": running}),
                bad=above(0),
                minutes=_SHORT_MINUTES,
                title=f"{name} runs fewer tasks than it should",
                help="Its stopped tasks and its log say why they end or do not begin.",
                silence="breaching",
            ),
        )
        if size.most > size.min:  # else it has as many as it may by design
            watch(
                self,
                "full",
                Alarm(
                    of=running,
                    bad=at_least(size.most),
                    minutes=_FULL_MINUTES,
                    title=f"{name} runs as many tasks as it may",
                    help="If its work goes on growing, raise max in the stack file.",
                ),
            )
        for part, metric in (("cpu", "CPUUtilization"), ("memory", "MemoryUtilization")):
            watch(
                self,
                part,
                Alarm(
                    of=Metric("AWS/ECS", metric, {"ClusterName": cluster, "ServiceName": service}),
                    bad=above(_BUSY),
                    minutes=_BUSY_MINUTES,
                    title=f"{name} is short of {_NOUNS[part]}",
                    help=f"Give its tasks more {part} in the stack file.",
                ),
            )


_NOUNS = {"cpu": "processors", "memory": "memory"}


def _capacity(size: Size) -> list[ecs.ServiceCapacityProviderStrategyArgsDict]:
    """Tasks on demand; from ``spot_from`` on, Spot."""
    if size.spot_from is None:
        return [{"capacity_provider": "FARGATE", "weight": 1}]
    return [
        {"capacity_provider": "FARGATE", "base": size.spot_from - 1, "weight": 0},
        {"capacity_provider": "FARGATE_SPOT", "weight": 1},
    ]
