"""ECS: clusters, task definitions and services. Who runs them reads them from the region's ECS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.services.wire import retag
from local.provider.values import Plain

SERVICE_NAMES = {  # of what passes as it is; ECS spells its members as Pulumi does, with few exceptions
    "desired_count": "desiredCount",
    "enable_execute_command": "enableExecuteCommand",
    "enable_ecs_managed_tags": "enableECSManagedTags",
    "health_check_grace_period_seconds": "healthCheckGracePeriodSeconds",
    "platform_version": "platformVersion",
    "propagate_tags": "propagateTags",
    "availability_zone_rebalancing": "availabilityZoneRebalancing",
}


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _retag(client: Any, arn: str, old: dict[str, str], new: dict[str, str]) -> None:
    retag(
        old,
        new,
        put=lambda tags: client.tag_resource(resourceArn=arn, tags=_tags(tags)),
        take=lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
    )


class ClusterInputs(Inputs):
    """A cluster."""

    name: str
    settings: list[dict[str, str]] = Field(default_factory=list)
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:ecs/cluster:Cluster")
class Cluster(Resource[ClusterInputs]):
    """A cluster; Pulumi's id is its ARN."""

    inputs = ClusterInputs

    def create(self, inputs: ClusterInputs) -> Made:
        arn = self.client("ecs").create_cluster(
            clusterName=inputs.name, settings=inputs.settings, tags=_tags(inputs.tags)
        )["cluster"]["clusterArn"]
        return Made(arn, {"arn": arn})

    def update(self, physical_id: str, old: ClusterInputs, new: ClusterInputs) -> dict[str, Plain]:
        client = self.client("ecs")
        client.update_cluster(cluster=physical_id, settings=new.settings)
        _retag(client, physical_id, old.tags, new.tags)
        return {}

    def read(self, physical_id: str, inputs: ClusterInputs) -> dict[str, Plain]:
        clusters = self.client("ecs").describe_clusters(clusters=[physical_id], include=["SETTINGS"])[
            "clusters"
        ]
        if not clusters or clusters[0]["status"] == "INACTIVE":
            raise GoneError
        return {"settings": clusters[0].get("settings", [])}

    def delete(self, physical_id: str, inputs: ClusterInputs) -> None:
        self.client("ecs").delete_cluster(cluster=physical_id)


class CapacityInputs(Inputs):
    """What a cluster runs its tasks on."""

    cluster_name: str
    capacity_providers: list[str] = Field(default_factory=list)
    default_capacity_provider_strategies: list[dict[str, Plain]] = Field(default_factory=list)


@resource("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")
class ClusterCapacityProviders(Resource[CapacityInputs]):
    """What a cluster runs its tasks on."""

    inputs = CapacityInputs

    def create(self, inputs: CapacityInputs) -> Made:
        self._put(inputs.cluster_name, inputs.capacity_providers, inputs.default_capacity_provider_strategies)
        return Made(inputs.cluster_name)

    def update(self, physical_id: str, old: CapacityInputs, new: CapacityInputs) -> dict[str, Plain]:
        self._put(physical_id, new.capacity_providers, new.default_capacity_provider_strategies)
        return {}

    def read(self, physical_id: str, inputs: CapacityInputs) -> dict[str, Plain]:
        clusters = self.client("ecs").describe_clusters(clusters=[physical_id])["clusters"]
        if not clusters:
            raise GoneError
        return {"capacityProviders": clusters[0].get("capacityProviders", [])}

    def delete(self, physical_id: str, inputs: CapacityInputs) -> None:
        self._put(physical_id, [], [])

    def _put(self, cluster: str, providers: list[str], strategies: list[dict[str, Plain]]) -> None:
        self.client("ecs").put_cluster_capacity_providers(
            cluster=cluster, capacityProviders=providers, defaultCapacityProviderStrategy=strategies
        )


class TaskDefinitionInputs(Inputs):
    """What a task runs."""

    family: str
    container_definitions: str
    cpu: str | None = None
    memory: str | None = None
    network_mode: str | None = None
    requires_compatibilities: list[str] | None = None
    task_role_arn: str | None = None
    execution_role_arn: str | None = None
    volumes: list[dict[str, Plain]] = Field(default_factory=list)
    runtime_platform: dict[str, str] | None = None
    ephemeral_storage: dict[str, int] | None = None
    skip_destroy: bool = False
    tags: dict[str, str] = Field(default_factory=dict)
    arn: str = ""  # of the revision, once there is one


@resource("aws:ecs/taskDefinition:TaskDefinition")
class TaskDefinition(Resource[TaskDefinitionInputs]):
    """A revision of a task definition; Pulumi's id is its family."""

    inputs = TaskDefinitionInputs

    def create(self, inputs: TaskDefinitionInputs) -> Made:
        passed = inputs.model_dump(
            by_alias=True,
            exclude_none=True,
            include={
                "family", "cpu", "memory", "network_mode", "requires_compatibilities", "task_role_arn",
                "execution_role_arn", "runtime_platform",
            },
        )  # fmt: skip
        if inputs.ephemeral_storage:
            passed["ephemeralStorage"] = {"sizeInGiB": inputs.ephemeral_storage["sizeInGib"]}
        made = self.client("ecs").register_task_definition(
            containerDefinitions=_containers(inputs),
            volumes=[_volume(volume) for volume in inputs.volumes],
            tags=_tags(inputs.tags),
            **passed,
        )["taskDefinition"]
        arn = made["taskDefinitionArn"]
        outputs = {"arn": arn, "arnWithoutRevision": arn.rpartition(":")[0], "revision": made["revision"]}
        return Made(inputs.family, outputs)

    def update(
        self, physical_id: str, old: TaskDefinitionInputs, new: TaskDefinitionInputs
    ) -> dict[str, Plain]:
        """A revision is final: only its tags change."""
        _retag(self.client("ecs"), old.arn, old.tags, new.tags)
        return {}

    def read(self, physical_id: str, inputs: TaskDefinitionInputs) -> dict[str, Plain]:
        held = self.client("ecs").describe_task_definition(taskDefinition=inputs.arn)["taskDefinition"]
        if held["status"] == "INACTIVE":
            raise GoneError
        return {}

    def delete(self, physical_id: str, inputs: TaskDefinitionInputs) -> None:
        if not inputs.skip_destroy:
            self.client("ecs").deregister_task_definition(taskDefinition=inputs.arn)


def _containers(inputs: TaskDefinitionInputs) -> list[dict[str, Plain]]:
    """The containers; each says its memory, which Fargate need not be told but the region's RunTask must."""
    containers: list[dict[str, Plain]] = json.loads(inputs.container_definitions)
    unsaid = {"memory": int(inputs.memory)} if inputs.memory else {}
    return [each if "memoryReservation" in each else {**unsaid, **each} for each in containers]


def _volume(declared: dict[str, Plain]) -> dict[str, Plain]:
    """A volume as ECS takes it; a scratch volume has a name alone."""
    path = declared.get("hostPath")
    rest = {key: value for key, value in declared.items() if key != "hostPath"}
    return {**rest, **({"host": {"sourcePath": path}} if path else {})}


class ServiceInputs(Inputs):
    """How many of which task run, and where."""

    name: str
    cluster: str = "default"
    task_definition: str
    desired_count: int = 0
    launch_type: str = ""
    capacity_provider_strategies: list[dict[str, Plain]] = Field(default_factory=list)
    network_configuration: dict[str, Plain] | None = None
    load_balancers: list[dict[str, Plain]] = Field(default_factory=list)
    deployment_circuit_breaker: dict[str, bool] | None = None
    deployment_maximum_percent: int | None = None
    deployment_minimum_healthy_percent: int | None = None
    enable_execute_command: bool | None = None
    enable_ecs_managed_tags: bool | None = None
    health_check_grace_period_seconds: int | None = None
    platform_version: str | None = None
    propagate_tags: str | None = None
    availability_zone_rebalancing: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:ecs/service:Service")
class Service(Resource[ServiceInputs]):
    """A service; Pulumi's id is its ARN."""

    inputs = ServiceInputs

    def create(self, inputs: ServiceInputs) -> Made:
        launch: dict[str, Plain] = {"launchType": inputs.launch_type} if inputs.launch_type else {}
        if inputs.capacity_provider_strategies:
            launch = {"capacityProviderStrategy": inputs.capacity_provider_strategies}
        arn = self.client("ecs").create_service(
            cluster=inputs.cluster,
            serviceName=inputs.name,
            tags=_tags(inputs.tags),
            **_changeable(inputs),
            **launch,
        )["service"]["serviceArn"]
        return Made(arn, {"arn": arn})

    def update(self, physical_id: str, old: ServiceInputs, new: ServiceInputs) -> dict[str, Plain]:
        client = self.client("ecs")
        client.update_service(cluster=new.cluster, service=new.name, **_changeable(new))
        _retag(client, physical_id, old.tags, new.tags)
        return {}

    def read(self, physical_id: str, inputs: ServiceInputs) -> dict[str, Plain]:
        held = self.client("ecs").describe_services(cluster=inputs.cluster, services=[inputs.name])[
            "services"
        ]
        if not held or held[0]["status"] == "INACTIVE":
            raise GoneError
        return {"desiredCount": held[0]["desiredCount"], "taskDefinition": held[0]["taskDefinition"]}

    def delete(self, physical_id: str, inputs: ServiceInputs) -> None:
        self.client("ecs").delete_service(cluster=inputs.cluster, service=inputs.name, force=True)


def _changeable(service: ServiceInputs) -> dict[str, Plain]:
    """What a service's creation and its update take alike."""
    given = service.model_dump(exclude_none=True, include=set(SERVICE_NAMES))
    deployment = {
        "deploymentCircuitBreaker": service.deployment_circuit_breaker,
        "maximumPercent": service.deployment_maximum_percent,
        "minimumHealthyPercent": service.deployment_minimum_healthy_percent,
    }
    wanted: dict[str, Plain] = {
        "taskDefinition": service.task_definition,
        "deploymentConfiguration": {name: value for name, value in deployment.items() if value is not None},
        "loadBalancers": service.load_balancers,
        **{SERVICE_NAMES[name]: value for name, value in given.items() if value != ""},
    }
    network = service.network_configuration
    if network is not None:
        public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        wanted["networkConfiguration"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
    return wanted
