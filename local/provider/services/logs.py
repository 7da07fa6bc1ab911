"""CloudWatch Logs: log groups."""

from __future__ import annotations

from pydantic import Field

from local.provider.errors import after_making
from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.services.wire import retag
from local.provider.values import Plain


class LogGroupInputs(Inputs):
    """A log group, and how long it remembers; None is for ever."""

    name: str
    retention_in_days: int | None = None
    kms_key_id: str = ""
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:cloudwatch/logGroup:LogGroup")
class LogGroup(Resource[LogGroupInputs]):
    """A log group; Pulumi's id is its name."""

    inputs = LogGroupInputs

    def create(self, inputs: LogGroupInputs) -> Made:
        key = {"kmsKeyId": inputs.kms_key_id} if inputs.kms_key_id else {}
        self.client("logs").create_log_group(logGroupName=inputs.name, tags=inputs.tags, **key)
        made = Made(inputs.name, {"arn": self._arn(inputs.name)})
        with after_making(made):
            self._retain(inputs)
        return made

    def update(self, physical_id: str, old: LogGroupInputs, new: LogGroupInputs) -> dict[str, Plain]:
        client = self.client("logs")
        self._retain(new)
        arn = self._arn(physical_id)
        retag(
            old.tags,
            new.tags,
            put=lambda tags: client.tag_resource(resourceArn=arn, tags=tags),
            take=lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
        )
        return {}

    def read(self, physical_id: str, inputs: LogGroupInputs) -> dict[str, Plain]:
        groups = self.client("logs").describe_log_groups(logGroupNamePrefix=physical_id)["logGroups"]
        held = next((group for group in groups if group["logGroupName"] == physical_id), None)
        if held is None:
            raise GoneError
        return {"retentionInDays": held.get("retentionInDays", 0), "kmsKeyId": held.get("kmsKeyId", "")}

    def delete(self, physical_id: str, inputs: LogGroupInputs) -> None:
        self.client("logs").delete_log_group(logGroupName=physical_id)

    def _retain(self, inputs: LogGroupInputs) -> None:
        if inputs.retention_in_days:
            self.client("logs").put_retention_policy(
                logGroupName=inputs.name, retentionInDays=inputs.retention_in_days
            )
        else:
            self.client("logs").delete_retention_policy(logGroupName=inputs.name)

    def _arn(self, name: str) -> str:
        return f"arn:aws:logs:{self.region.region}:{self.region.account}:log-group:{name}"
