"""Tasks and services: what runs, with which rights, and whom it reaches."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi import Output

from components.cache import Cache, CacheArgs
from components.cluster import Cluster, ClusterArgs
from components.database import Database, DatabaseArgs
from components.images import Image
from components.messaging import Topic
from components.network import Network, NetworkArgs
from components.secrets import Secret, SecretArgs
from components.sections.services import Size
from components.service import Service
from components.task import Init, Task, TaskArgs
from tests.infra.synth import Declarations, Declared, component, settings

IMAGE = "210987654321.dkr.ecr.us-east-1.amazonaws.com/vectoricons-dev-worker@sha256:1"
REPOSITORY = "arn:aws:ecr:us-east-1:210987654321:repository/vectoricons-dev-worker"


def cluster() -> Cluster:
    said = settings().network
    network = Network("network", NetworkArgs(cidr=said.cidr, zones=said.zones, egress=said.egress))
    return Cluster("cluster", ClusterArgs(network=network))


def args(place: Cluster, **changes: Any) -> TaskArgs:
    said: dict[str, Any] = {
        "cluster": place,
        "image": Image(Output.from_input(IMAGE), REPOSITORY),
        "command": ["worker", "relay"],
        "size": Size(min=3, cpu=512, memory=1024),
    }
    return TaskArgs(**said | changes)


def task(kind: type[Task] = Task, **changes: Any) -> Declarations:
    return component(lambda: kind("relay", args(cluster(), **changes)))


def containers(declared: Declarations) -> dict[str, dict[str, Any]]:
    definitions = declared.one("relay-definition").document("containerDefinitions")
    return {each["name"]: each for each in definitions}


def statements(policy: Declared) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy.document()["Statement"]
    return found


def test_a_task_runs_its_image_and_command_in_the_size_it_was_given() -> None:
    declared = task()
    definition = declared.one("relay-definition").inputs
    assert definition["family"] == "vectoricons-dev-relay"
    assert (definition["cpu"], definition["memory"]) == ("512", "1024")
    assert (definition["networkMode"], definition["requiresCompatibilities"]) == ("awsvpc", ["FARGATE"])
    (container,) = containers(declared).values()
    assert (container["image"], container["command"]) == (IMAGE, ["worker", "relay"])
    assert (container["cpu"], container["memory"]) == (512, 1024)
    assert not declared.of("aws:ecs/service:Service")


def test_every_task_knows_its_stack_its_name_its_region_and_how_loud_to_be() -> None:
    (container,) = containers(task()).values()
    assert container["environment"] == [
        {"name": "AWS_DEFAULT_REGION", "value": "us-east-1"},
        {"name": "AWS_REGION", "value": "us-east-1"},
        {"name": "LOG_LEVEL", "value": "INFO"},
        {"name": "SERVICE", "value": "relay"},
        {"name": "STACK", "value": "dev"},
    ]


def test_a_task_that_listens_is_told_where_and_says_so_to_ecs() -> None:
    (container,) = containers(task(port=8001)).values()
    assert {"name": "PORT", "value": "8001"} in container["environment"]
    assert container["portMappings"] == [{"containerPort": 8001, "hostPort": 8001, "protocol": "tcp"}]


def test_what_must_come_first_runs_first_with_the_same_environment_and_its_share_of_the_task() -> None:
    found = containers(task(init=[Init("migrate", ["api", "migrate"])], env={"A": "1"}))
    main, first = found["relay"], found["migrate"]
    assert main["dependsOn"] == [{"containerName": "migrate", "condition": "SUCCESS"}]
    assert (main["essential"], first["essential"]) == (True, False)
    assert first["command"] == ["api", "migrate"]
    assert first["environment"] == main["environment"]
    assert (main["cpu"] + first["cpu"], main["memory"] + first["memory"]) == (512, 1024)


def test_a_variable_that_two_places_declare_is_refused() -> None:
    with pytest.raises(ValueError, match="STACK: declared twice for one container"):
        task(env={"STACK": "mine"})


def test_a_task_that_may_nothing_has_a_role_without_a_policy() -> None:
    declared = task()
    assert declared.one("relay-task-role").inputs["name"] == "vectoricons-dev-relay-task"
    assert [each.name for each in declared.of("aws:iam/rolePolicy:RolePolicy") if "relay" in each.name] == [
        "relay-may-start"
    ]


def test_a_task_may_exactly_what_it_was_granted() -> None:
    def build() -> None:
        place = cluster()
        Task("relay", args(place, may=[Topic("events").publish()]))

    work = component(build).one("relay-may-work")
    assert work.inputs["role"] == "vectoricons-dev-relay-task"
    assert statements(work) == [
        {
            "Effect": "Allow",
            "Action": ["sns:Publish"],
            "Resource": ["arn:aws:sns:us-east-1:210987654321:vectoricons-dev-events"],
        }
    ]


def test_ecs_may_pull_the_one_image_and_write_the_one_log() -> None:
    token, pull, log = statements(task().one("relay-may-start"))
    assert (token["Action"], token["Resource"]) == (["ecr:GetAuthorizationToken"], ["*"])
    assert pull["Resource"] == [REPOSITORY]
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert log["Resource"] == ["arn:aws:logs:us-east-1:210987654321:log-group:vectoricons-dev-relay:*"]


def test_only_ecs_of_this_account_takes_on_a_tasks_roles() -> None:
    declared = task()
    for role in (declared.one("relay-task-role"), declared.one("relay-execution-role")):
        (trusted,) = role.document("assumeRolePolicy")["Statement"]
        assert trusted["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert trusted["Condition"] == {
            "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:210987654321:*"},
            "StringEquals": {"aws:SourceAccount": "210987654321"},
        }


def test_secrets_are_read_by_ecs_and_only_those_the_task_has() -> None:
    def build() -> None:
        place = cluster()
        key = Secret("key", SecretArgs(value=settings().session_key, purpose="A key"))
        Task("relay", args(place, secrets={"SESSION_KEY": key.value}))

    declared = component(build)
    (container,) = containers(declared).values()
    assert {each["name"]: each["valueFrom"] for each in container["secrets"]} == {
        "SESSION_KEY": "arn:aws:made:::key-secret:::key-value-version",
    }
    known = statements(declared.one("relay-may-start"))[-1]
    assert known["Action"] == ["secretsmanager:GetSecretValue"]
    assert known["Resource"] == [
        "arn:aws:secretsmanager:us-east-1:210987654321:secret:vectoricons-dev-key-??????"
    ]
    assert "k" * 64 not in json.dumps([container, known])


def test_reaching_a_store_brings_its_address_its_rights_and_one_edge() -> None:
    def build() -> None:
        place = cluster()
        database = Database(
            "database", DatabaseArgs(network=place.network, instance="db.t4g.micro", storage=20)
        )
        cache = Cache("cache", CacheArgs(network=place.network, node="cache.t4g.micro"))
        Task("relay", args(place, reach=[database, cache]))

    declared = component(build)
    (container,) = containers(declared).values()
    told = {each["name"] for each in container["environment"]}
    assert {"DATABASE_HOST", "DATABASE_SECRET_ARN", "CACHE_HOST", "CACHE_USER"} <= told
    assert "secrets" not in container
    assert [each["Action"] for each in statements(declared.one("relay-may-work"))] == [
        ["elasticache:Connect"]
    ]
    (managed,) = statements(declared.one("relay-may-work-on-what-aws-names"))
    assert managed["Action"] == ["secretsmanager:GetSecretValue"]
    assert managed["Resource"] == ["arn:aws:secretsmanager:us-east-1:210987654321:secret:rds!db-1-AbCdEf"]
    for store, port in (("database", 5432), ("cache", 6379)):
        out, into = declared.one(f"relay-to-{store}").inputs, declared.one(f"relay-into-{store}").inputs
        assert out["securityGroupId"] == into["referencedSecurityGroupId"] == "relay-group-id"
        assert into["securityGroupId"] == out["referencedSecurityGroupId"] == f"{store}-group-id"
        assert {out["fromPort"], out["toPort"], into["fromPort"], into["toPort"]} == {port}


def test_a_task_that_reaches_nothing_gets_out_by_https_alone_and_nobody_gets_in() -> None:
    declared = task()
    (out,) = declared.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert (out.inputs["fromPort"], out.inputs["toPort"], out.inputs["ipProtocol"]) == (443, 443, "tcp")
    assert not declared.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")


def test_a_service_keeps_as_many_tasks_as_its_size_says_in_private_subnets() -> None:
    declared = task(Service)
    service = declared.one("relay-service")
    assert service.inputs["desiredCount"] == 3
    assert service.inputs["name"] == "vectoricons-dev-relay"
    assert service.inputs["networkConfiguration"] == {
        "subnets": ["network-app-us-east-1a-id", "network-app-us-east-1b-id"],
        "securityGroups": ["relay-group-id"],
        "assignPublicIp": False,
    }
    assert declared.one("relay").type == "vectoricons:service:Service"


def test_a_version_that_does_not_start_is_taken_back() -> None:
    service = task(Service).one("relay-service").inputs
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service["deploymentMinimumHealthyPercent"] == 100
    assert service["waitForSteadyState"]
    assert not service["enableExecuteCommand"]


def test_a_service_starts_after_its_rights() -> None:
    declared = task(Service)
    assert declared.one("relay-may-start").urn in declared.one("relay-service").depends_on


def test_a_cluster_watches_its_containers_and_has_its_capacity_before_any_service() -> None:
    declared = task(Service)
    assert declared.one("cluster-cluster").inputs["settings"] == [
        {"name": "containerInsights", "value": "enabled"}
    ]
    assert declared.one("cluster-capacity").urn in declared.one("relay-service").depends_on
