"""What a stack puts out: the contract between the program and what runs around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from delivery.errors import DeliveryError, Exit


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, extra="ignore")


class TaskOutputs(_Part):
    """A task that is run once: its revision, where it is put, and on which capacity."""

    task_definition: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    capacity_provider: str


class StackOutputs(_Part):
    """The outputs that `delivery` reads."""

    site: str
    assets: str
    cluster: str
    tasks: Mapping[str, TaskOutputs]

    @classmethod
    def read(cls, stack: str, outputs: Mapping[str, Any]) -> Self:
        """The outputs of *stack*. Raises DeliveryError for a stack that does not put them out."""
        try:
            return cls.model_validate(outputs)
        except ValidationError as error:
            missing = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
            raise DeliveryError(
                f"The stack {stack} does not put out {missing}. Bring it up once with this program.",
                Exit.REFUSED,
            ) from error

    @property
    def region(self) -> str:
        """The region, from the cluster's ARN."""
        return self.cluster.split(":")[3]

    @property
    def account(self) -> str:
        """The account, from the cluster's ARN."""
        return self.cluster.split(":")[4]
