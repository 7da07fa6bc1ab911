"""A Fargate task: an image, what it is given, and exactly what it may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, Protocol, TypeVar

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_aws import ec2, ecs, iam, vpc

from components.base import Component
from components.cluster import Cluster
from components.containers import SCRATCH, Container, canonical
from components.edges import Edge, declare_edge
from components.iam import Statement, document, grant
from components.images import Image
from components.load_balancer import Route
from components.reach import Door, SecretValue
from components.scaling import Busy, Scale
from components.sections.services import Size

# What an init container takes of its task: ECS adds up all containers, those that run in sequence too.
_INIT_CPU, _INIT_MEMORY = 64, 256


_Value = TypeVar("_Value")


class Reachable(Protocol):
    """A store with a door."""

    @property
    def door(self) -> Door: ...


@dataclass(frozen=True, slots=True)
class Init:
    """What must have succeeded before the task's main container starts: same image, same environment."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskArgs:
    """What runs, with what, and where. A service takes the same, and keeps as many of it running as ``scale``
    says, within its size."""

    cluster: Cluster
    image: Image
    command: Sequence[str]
    size: Size
    env: Mapping[str, Input[str]] = field(default_factory=dict)
    secrets: Mapping[str, SecretValue] = field(default_factory=dict)
    may: Sequence[Input[Statement]] = ()  # all that the code may ask of AWS
    reach: Sequence[Reachable] = ()  # the stores it talks to: address, rights and network edge come with them
    port: int | None = None  # where it listens, in $PORT
    behind: Route | None = None  # what the load balancer sends to that port of a service
    init: Sequence[Init] = ()
    scale: Sequence[Scale] = (Busy(),)  # what the number of a service's tasks follows
    health: Sequence[str] = ()  # the command that tells whether the main container lives


class Task(Component):
    """A Fargate task definition, to be run once (``run-task``) or kept running by a service.

    Creates: aws.ecs.TaskDefinition, aws.cloudwatch.LogGroup, aws.ec2.SecurityGroup, aws.iam.Role (execution,
    task), aws.iam.RolePolicy for what each may do, and aws.vpc.SecurityGroupEgressRule (HTTPS, and one per
    store) with the aws.vpc.SecurityGroupIngressRule at the store's door.
    """

    def __init__(self, name: str, args: TaskArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.family = self.names.of("family", name)
        doors = [store.door for store in args.reach]
        env = _once(self._common_env(name, args.port), args.env, *(door.env for door in doors))
        self._log_group = self.names.of("log-group", name)
        logs = self.log_group("log", called=self._log_group)
        self.security_group = self._edges(name, args, doors)
        may = [*args.may, *(right for door in doors for right in door.may)]
        self.permitted: list[Resource] = []
        self.definition = ecs.TaskDefinition(
            self.child("definition"),
            family=self.family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(args.size.cpu),
            memory=str(args.size.memory),
            runtime_platform={"cpu_architecture": "X86_64", "operating_system_family": "LINUX"},
            execution_role_arn=self._execution_role(name, args.image, args.secrets).arn,
            task_role_arn=self._task_role(name, may).arn,
            volumes=[{"name": SCRATCH}],
            container_definitions=self._containers(name, args, env),
            tags=self.tags(),
            opts=self.child_opts(depends_on=[logs]),
        )
        self._network = args.cluster.network
        self.register_outputs({"family": self.family})

    def once(self, *, on: Literal["FARGATE", "FARGATE_SPOT"]) -> Output[dict[str, Any]]:
        """All that whoever runs it once must know; *on* Spot what can be cut off and go on.

        Through its rights, without which it cannot start.
        """
        return Output.all(
            taskDefinition=self.definition.arn,
            subnets=self._network.app,
            securityGroups=[self.security_group],
            capacityProvider=on,
            rights=[each.urn for each in self.permitted],
        ).apply(lambda known: {name: value for name, value in known.items() if name != "rights"})

    def _common_env(self, name: str, port: int | None) -> dict[str, Input[str]]:
        region = self.names.region
        return {
            "STACK": self.names.stack,
            "SERVICE": name,
            "LOG_LEVEL": self.settings.log_level,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            **({"PORT": str(port)} if port else {}),
        }

    def _containers(self, name: str, args: TaskArgs, env: Mapping[str, Input[str]]) -> Output[str]:
        def define(image: str, env: Mapping[str, str], secrets: Mapping[str, str]) -> str:
            container = partial(
                Container,
                image=image,
                environment=env,
                secrets=secrets,
                log_group=self._log_group,
                region=self.names.region,
            )
            first = [
                container(
                    name=init.name, command=init.command, cpu=_INIT_CPU, memory=_INIT_MEMORY, essential=False
                )
                for init in args.init
            ]
            main = container(
                name=name,
                command=args.command,
                cpu=args.size.cpu - sum(each.cpu for each in first),
                memory=args.size.memory - sum(each.memory for each in first),
                port=args.port,
                health=args.health,
                after=[each.name for each in first],
            )
            return canonical(each.definition() for each in (*first, main))

        read_from = {variable: secret.value_from for variable, secret in args.secrets.items()}
        return Output.all(image=args.image.uri, env=env, secrets=read_from).apply(
            lambda known: define(**known)
        )

    def _execution_role(self, name: str, image: Image, secrets: Mapping[str, SecretValue]) -> iam.Role:
        """What ECS itself needs to start the task: its image, its log, its secrets."""
        role = self._trusted(f"{name}-execution", "execution-role")
        log = self.names.arn("log-group", self._log_group)
        pull = grant(
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            on=image.repository,
        )
        readable = sorted(secret.readable for secret in secrets.values())
        read = [grant("secretsmanager:GetSecretValue", on=readable)] if readable else []
        self._may(
            role,
            "start",
            grant("ecr:GetAuthorizationToken", on="*"),
            pull,
            grant("logs:CreateLogStream", "logs:PutLogEvents", on=f"{log}:*"),
            *read,
        )
        return role

    def _task_role(self, name: str, may: Sequence[Input[Statement]]) -> iam.Role:
        """What the code in the task may ask of AWS."""
        role = self._trusted(f"{name}-task", "task-role")
        known = [right for right in may if isinstance(right, Statement)]
        if known:
            self._may(role, "work", *known)
        named_by_aws = [Output.from_input(right) for right in may if not isinstance(right, Statement)]
        if named_by_aws:
            self.deployment.granted_later += named_by_aws
            # Apart, so that the other document stays known at preview.
            what = "work-on-what-aws-names"
            rights = Output.all(*named_by_aws).apply(lambda statements: document(*statements))
            self.permitted.append(
                iam.RolePolicy(
                    self.child(f"may-{what}"),
                    name=what,
                    role=role.name,
                    policy=rights,
                    opts=self.child_opts(),
                )
            )
        return role

    def _trusted(self, called: str, part: str) -> iam.Role:
        """A role for this account's tasks."""
        tasks = f"arn:aws:ecs:{self.names.region}:{self.names.account}:*"
        return self.role(part, called=called, service="ecs-tasks.amazonaws.com", source=tasks)

    def _may(self, role: iam.Role, what: str, *statements: Statement) -> None:
        self.permitted.append(self.allow(f"may-{what}", role, *statements, called=what))

    def _edges(self, name: str, args: TaskArgs, doors: Sequence[Door]) -> Output[str]:
        """The task's own security group, and the edges from it: HTTPS out, and each store it reaches."""
        group = ec2.SecurityGroup(
            self.child("group"),
            name=self.names.of("security-group", name),
            description=f"Tasks of {name}",
            vpc_id=args.cluster.network.vpc.id,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        vpc.SecurityGroupEgressRule(
            self.child("to-https"),
            security_group_id=group.id,
            description="AWS, and the web where the network lets tasks out",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        for door in doors:
            self._edge(name, group, door)
        return group.id

    def _edge(self, name: str, group: ec2.SecurityGroup, door: Door) -> None:
        edge = Edge(
            source=group.id,
            target=door.security_group,
            port=door.port,
            description=f"{name} to {door.name}",
        )
        declare_edge(self, edge, out=f"to-{door.name}", into=f"into-{door.name}")


def _once(*parts: Mapping[str, _Value]) -> dict[str, _Value]:
    """The variables of all *parts*. Raises ValueError for one that two of them declare."""
    declared = Counter(name for part in parts for name in part)
    twice = sorted(name for name, times in declared.items() if times > 1)
    if twice:
        raise ValueError(f"{', '.join(twice)}: declared twice for one container; say it in one place.")
    return {name: value for part in parts for name, value in part.items()}
