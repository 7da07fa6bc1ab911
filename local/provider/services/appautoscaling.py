"""Application Auto Scaling: the numbers that a service's tasks stay between. Nothing here measures load."""

from __future__ import annotations

from local.provider.resources import Inputs, Made, Resource, resource
from local.provider.values import Plain


class TargetInputs(Inputs):
    """Which service, and from how many tasks to how many."""

    resource_id: str
    min_capacity: int
    max_capacity: int


@resource("aws:appautoscaling/target:Target")
class Target(Resource[TargetInputs]):
    """A scaling target; as on AWS a service outside of its numbers is brought inside at once."""

    inputs = TargetInputs

    def create(self, inputs: TargetInputs) -> Made:
        self._bring_inside(inputs)
        return Made(inputs.resource_id)

    def update(self, physical_id: str, old: TargetInputs, new: TargetInputs) -> dict[str, Plain]:
        self._bring_inside(new)
        return {}

    def delete(self, physical_id: str, inputs: TargetInputs) -> None:
        """The service keeps the tasks it has."""

    def _bring_inside(self, inputs: TargetInputs) -> None:
        _, cluster, service = inputs.resource_id.split("/")
        ecs = self.client("ecs")
        (held,) = ecs.describe_services(cluster=cluster, services=[service])["services"]
        wanted = min(max(held["desiredCount"], inputs.min_capacity), inputs.max_capacity)
        if wanted != held["desiredCount"]:
            ecs.update_service(cluster=cluster, service=service, desiredCount=wanted)
