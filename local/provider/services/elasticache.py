"""ElastiCache: a replication group is the region's embedded Valkey."""

from __future__ import annotations

from local.provider.resources import Inputs, Made, Resource, resource
from local.provider.values import Plain


class GroupInputs(Inputs):
    """A replication group."""

    replication_group_id: str


@resource("aws:elasticache/replicationGroup:ReplicationGroup")
class ReplicationGroup(Resource[GroupInputs]):
    """The embedded Valkey under the group's name; Pulumi's id is the group's."""

    inputs = GroupInputs

    def create(self, inputs: GroupInputs) -> Made:
        return Made(inputs.replication_group_id, self._outputs())

    def update(self, physical_id: str, old: GroupInputs, new: GroupInputs) -> dict[str, Plain]:
        return self._outputs()

    def delete(self, physical_id: str, inputs: GroupInputs) -> None:
        """The server is the region's, and ends with it."""

    def _outputs(self) -> dict[str, Plain]:
        server = self.region.valkey
        return {
            "primaryEndpointAddress": server.host,
            "readerEndpointAddress": server.host,
            "port": server.port,
            "clusterEnabled": False,
        }
