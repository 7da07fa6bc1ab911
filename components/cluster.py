"""Where tasks run."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Output, ResourceOptions
from pulumi_aws import ecs

from components.base import Component
from components.network import Network


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterArgs:
    """The network that the cluster's tasks are put into."""

    network: Network


class Cluster(Component):
    """An ECS cluster on Fargate, with Container Insights.

    Creates: aws.ecs.Cluster, aws.ecs.ClusterCapacityProviders.
    """

    def __init__(self, name: str, args: ClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.network = args.network
        self.name = self.names.stem
        cluster = ecs.Cluster(
            self.child("cluster"),
            name=self.name,
            settings=[{"name": "containerInsights", "value": "enabled"}],
            tags=self.tags(),
            opts=self.child_opts(),
        )
        providers = ecs.ClusterCapacityProviders(
            self.child("capacity"),
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1}],
            opts=self.child_opts(),
        )
        # Through the capacity providers, so that no service asks for one before the cluster has it.
        self.created: Output[str] = Output.all(cluster.arn, providers.id).apply(lambda both: str(both[0]))
        self.register_outputs({"arn": self.created})
