"""A task definition, read: what to start, with which environment, as whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from moto.ecs.models import TaskDefinition
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True)


class Variable(_Part):
    """A variable of a container's environment."""

    name: str
    value: str


class Secret(_Part):
    """A variable whose value is kept elsewhere."""

    name: str
    value_from: str


class Dependency(_Part):
    """What must have happened to another container first."""

    container_name: str
    condition: Literal["START", "COMPLETE", "SUCCESS"]


class LogConfiguration(_Part):
    """Where a container's lines go: a driver and its options."""

    log_driver: str
    options: dict[str, str] = {}


class Mount(_Part):
    """A folder of a container that it may write to."""

    container_path: str


class Capabilities(_Part):
    """Rights of the kernel that a container goes without."""

    drop: tuple[str, ...] = ()


class LinuxParameters(_Part):
    """What of the kernel a container sees, and whether an init is its first process."""

    capabilities: Capabilities = Capabilities()
    init_process_enabled: bool = False


class HealthCheck(_Part):
    """The command that tells whether a container lives; times in seconds, ECS's where none are given."""

    command: tuple[str, ...]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0


class Container(_Part):
    """One container of a task: a program here."""

    name: str
    image: str
    cpu: int
    memory: int
    user: str = ""
    readonly_root_filesystem: bool = False
    mount_points: tuple[Mount, ...] = ()
    linux_parameters: LinuxParameters = LinuxParameters()
    health_check: HealthCheck | None = None
    command: tuple[str, ...] = Field(min_length=1)
    environment: tuple[Variable, ...] = ()
    secrets: tuple[Secret, ...] = ()
    essential: bool = True
    depends_on: tuple[Dependency, ...] = ()
    stop_timeout: float = 30
    log_configuration: LogConfiguration | None = None

    def overridden(self, override: Mapping[str, Any]) -> Container:
        """This container with the command and the variables that one `containerOverrides` entry gives."""
        replaced = {variable["name"]: Variable(**variable) for variable in override.get("environment", ())}
        kept = [variable for variable in self.environment if variable.name not in replaced]
        changes: dict[str, Any] = {"environment": (*kept, *replaced.values())}
        if override.get("command"):
            changes["command"] = tuple(override["command"])
        return self.model_copy(update=changes)


class Definition(BaseModel):
    """A revision of a task definition."""

    model_config = ConfigDict(frozen=True)

    arn: str
    family: str
    task_role: str | None
    execution_role: str | None
    containers: tuple[Container, ...]

    @classmethod
    def read(cls, registered: TaskDefinition, overrides: Mapping[str, Any]) -> Self:
        """The revision as moto has it, with the overrides of one RunTask call.

        Raises pydantic's ValidationError for what the runner cannot carry out.
        """
        by_name = {override["name"]: override for override in overrides.get("containerOverrides", ())}
        containers = [
            Container.model_validate(container).overridden(by_name.get(container["name"], {}))
            for container in registered.container_definitions
        ]
        return cls(
            arn=registered.arn,
            family=registered.family,
            # moto leaves the attribute out when the role is not given
            task_role=getattr(registered, "task_role_arn", None),
            execution_role=getattr(registered, "execution_role_arn", None),
            containers=tuple(containers),
        )
