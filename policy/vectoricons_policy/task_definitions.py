"""The containers of ECS task definitions, parsed once from the JSON that the provider takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from vectoricons_policy.known import Stack

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
DEFINITIONS = "containerDefinitions"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Variable(_Part):
    """One variable of the environment."""

    name: str
    value: str = ""


class Capabilities(_Part):
    """What of root's power a container is given."""

    add: tuple[str, ...] = ()


class LinuxParameters(_Part):
    """How the kernel is to treat a container."""

    init_process_enabled: bool = False
    capabilities: Capabilities = Capabilities()


class LogConfiguration(_Part):
    """Where its output goes."""

    log_driver: str
    options: dict[str, str] = {}


class HealthCheck(_Part):
    """How ECS finds out that it is well."""

    command: tuple[str, ...] = ()


class Container(_Part):
    """One container, as far as rules look at it."""

    name: str
    image: str = ""
    user: str = ""
    essential: bool = True
    privileged: bool = False
    readonly_root_filesystem: bool = False
    stop_timeout: int | None = None
    linux_parameters: LinuxParameters = LinuxParameters()
    environment: tuple[Variable, ...] = ()
    log_configuration: LogConfiguration | None = None
    health_check: HealthCheck | None = None


_CONTAINERS = TypeAdapter(tuple[Container, ...])


def containers(stack: Stack) -> Iterator[tuple[str, Container]]:
    """Every container that is known and can be read, with the URN of its task definition."""
    for definition in stack.known(TASK_DEFINITION, DEFINITIONS):
        with suppress(ValidationError):
            yield from (
                (definition.urn, each) for each in _CONTAINERS.validate_json(str(definition[DEFINITIONS]))
            )


def raw_definitions(text: object) -> list[dict[str, Any]] | None:
    """The definitions in *text* as they stand; None when they are not a list of objects with names."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return None
    named = isinstance(found, list) and all(isinstance(each, dict) and "name" in each for each in found)
    return found if named else None
