"""A small ECS for the runner's tests: a real cloud in this process, programs of one line as its services."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from mypy_boto3_ecs import ECSClient
from mypy_boto3_iam import IAMClient
from mypy_boto3_secretsmanager import SecretsManagerClient

from local.cloud import REGION, Cloud, OperatorKey
from local.region.life import Region
from local.runner.logs import Logs
from local.runner.processes import ProcessLauncher
from local.runner.runner import Runner

CLUSTER = "vectoricons-local"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}


@dataclass
class Ecs:
    """ECS as its operator sees it: what a test asks of it."""

    endpoint: str
    operator: OperatorKey

    @classmethod
    def of_region(cls, region: Region) -> Ecs:
        """That of a whole region."""
        key = region.record.operator
        return cls(region.record.endpoint, OperatorKey(key.access_key, key.secret_key))

    def client(self, service: str) -> Any:
        """A boto3 client of the region's operator."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.operator.access_key,
            aws_secret_access_key=self.operator.secret_key,
            config=Config(retries={"total_max_attempts": 1}),
        )

    @cached_property
    def api(self) -> ECSClient:
        """ECS's own API."""
        client: ECSClient = self.client("ecs")
        client.create_cluster(clusterName=CLUSTER)
        return client

    @cached_property
    def iam(self) -> IAMClient:
        """IAM's API."""
        client: IAMClient = self.client("iam")
        return client

    @cached_property
    def secrets(self) -> SecretsManagerClient:
        """Secrets Manager's API."""
        client: SecretsManagerClient = self.client("secretsmanager")
        return client

    @cached_property
    def network(self) -> Any:
        """A subnet and a security group, as Fargate wants them."""
        ec2 = self.client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]
        groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}])
        group = groups["SecurityGroups"][0]["GroupId"]
        return {"awsvpcConfiguration": {"subnets": [subnet["SubnetId"]], "securityGroups": [group]}}

    def role(self, name: str, *statements: Mapping[str, Any]) -> str:
        """A role for tasks with one policy of *statements*; its ARN."""
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        if statements:
            policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
            self.iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy)
        return arn

    def define(self, family: str, *containers: Mapping[str, Any], **more: Any) -> str:
        """Register a revision of *family*; its ARN."""
        complete: Sequence[Any] = [{"image": "none", "cpu": 64, "memory": 128, **one} for one in containers]
        answer = self.api.register_task_definition(
            family=f"{CLUSTER}-{family}",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=complete,
            **more,
        )
        return answer["taskDefinition"]["taskDefinitionArn"]

    def serve(self, name: str, definition: str, count: int = 1) -> None:
        """Create the service *name*."""
        self.api.create_service(
            cluster=CLUSTER,
            serviceName=f"{CLUSTER}-{name}",
            taskDefinition=definition,
            desiredCount=count,
            launchType="FARGATE",
            networkConfiguration=self.network,
        )

    def run(self, definition: str, **more: Any) -> str:
        """Run a task once; its ARN."""
        answer = self.api.run_task(
            cluster=CLUSTER,
            taskDefinition=definition,
            launchType="FARGATE",
            networkConfiguration=self.network,
            **more,
        )
        return answer["tasks"][0]["taskArn"]

    def task(self, arn: str) -> Any:
        """What DescribeTasks says of it."""
        return self.api.describe_tasks(cluster=CLUSTER, tasks=[arn])["tasks"][0]


@dataclass
class RunEcs(Ecs):
    """ECS with a runner that the test moves on itself, in this process."""

    runner: Runner
    directory: Path

    def events(self, log: str) -> list[dict[str, Any]]:
        """The events in the log called *log*."""
        file = self.directory / "logs" / f"{log}.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def said(self, log: str) -> list[str]:
        """What the programs wrote there, without the runner's own events."""
        return [event["event"] for event in self.events(log) if event["event"] != "task ended"]

    def until(self, condition: Callable[[], object], patience: float = 15) -> None:
        """Let the runner go on until *condition* holds; fail if it does not in time."""
        deadline = time.monotonic() + patience
        self.runner.step()
        while not condition():
            assert time.monotonic() < deadline, f"still not so after {patience} s: {self.runner.status()}"
            time.sleep(0.01)
            self.runner.step()


def python(program: str) -> list[str]:
    """The command that runs *program*."""
    return [sys.executable, "-u", "-c", program]


def small_cloud(cloud: Cloud, directory: Path) -> RunEcs:
    """A started cloud with a runner whose tree is *directory*."""
    operator = cloud.start()
    logs = Logs(directory / "logs")
    runner = Runner(cloud, ProcessLauncher(directory, Path(sys.executable).parent, logs), logs)
    return RunEcs(cloud.endpoint, operator, runner, directory)
