"""What runs: which services and tasks, of which images, how many and how big."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.sections.section import Port, Section

ImageDigest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
ServiceName = Literal[
    "api",
    "stream",
    "icons",
    "worker-intake",
    "worker-images",
    "worker-previews",
    "worker-relay",
    "worker-messenger",
    "worker-reaper",
]

SERVES: tuple[ServiceName, ...] = ("api", "stream", "icons")

# What is run once: nobody keeps it running, `delivery run-task` starts it.
TaskName = Literal["converter", "migrate"]
SizedName = Literal[ServiceName, TaskName]

# Fargate's memory (MiB) for each number of CPU units: from, to, step.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_FARGATE = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
}


class BuiltImages(Section):
    """`pulumi up` builds the images from this tree and ships them."""

    source: Literal["build"]


class GivenImages(Section):
    """CI has built and pushed the images; these digests run."""

    source: Literal["digest"]
    api: ImageDigest
    worker: ImageDigest
    converter: ImageDigest

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of each container's image."""
        return {"api": self.api, "worker": self.worker, "converter": self.converter}


class Ports(Section):
    """Where the services that serve listen."""

    api: Port = 8000
    stream: Port = 8001
    icons: Port = 8007


class Size(Section):
    """How many tasks of a service there may be, and how big each is."""

    min: int = Field(default=1, ge=1, le=50)
    max: int | None = Field(default=None, ge=1, le=100, description="Twice the least, if nothing is said.")
    spot_from: int | None = Field(
        default=None,
        ge=2,
        description="From this task on they run on Spot, for about a third of the price; AWS may end those "
        "with two minutes' notice. Above min, so that the least there must be is never cut.",
    )
    cpu: Literal[256, 512, 1024, 2048, 4096] = Field(default=256, description="CPU units; 1024 are one core.")
    memory: int = Field(default=1024, description="MiB.")

    @model_validator(mode="after")
    def _is_sold(self) -> Self:
        least, most, step = _FARGATE[self.cpu]
        if self.memory not in range(least, most + 1, step):
            raise ValueError(
                f"Fargate sells {self.cpu} CPU units with {least} to {most} MiB in steps of {step}"
            )
        return self

    @model_validator(mode="after")
    def _can_scale(self) -> Self:
        if self.most < self.min:
            raise ValueError(f"max {self.most} is less than min {self.min}")
        if self.spot_from is not None and not self.min < self.spot_from <= self.most:
            raise ValueError(f"spotFrom {self.spot_from} must be above min {self.min}, up to max {self.most}")
        return self

    @property
    def most(self) -> int:
        """How many tasks there may be at most."""
        return self.max or self.min * 2
