"""What a resource type takes and gives, read from the classes of the installed pulumi_aws."""

from __future__ import annotations

import collections.abc
import importlib
import inspect
import keyword
import types
import typing
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from threading import Lock
from typing import Any, Literal

import pulumi
from pulumi import _types  # the SDK keeps the wire names and types of its own classes nowhere else

_IMPORTING = Lock()  # the SDK's lazy modules may be seen half-loaded by a second thread

Kind = Literal["string", "number", "boolean", "list", "map", "object", "any"]


class UnknownTypeError(LookupError):
    """A type token that the installed SDK does not have."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a value: its kind, and what is inside it."""

    kind: Kind
    item: Shape | None = None  # of a list or map
    fields: type | None = (
        None  # of an object: the SDK's input class, looked up when needed (they can be recursive)
    )


@dataclass(frozen=True, slots=True)
class Field:
    """An input property: its shape, and whether AWS demands it."""

    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type token's inputs, and the outputs that AWS computes when the program says nothing (wire names)."""

    token: str
    inputs: dict[str, Field]
    computed: dict[str, Shape] = field(default_factory=dict)

    @property
    def service(self) -> str:
        """The first part of the token's module: `sqs` of `aws:sqs/queue:Queue`."""
        return self.token.split(":")[1].split("/")[0]

    @property
    def noun(self) -> str:
        """The last part of the token: `Queue` of `aws:sqs/queue:Queue`."""
        return self.token.split(":")[2]


def resource_type(token: str) -> ResourceType:
    """The inputs and computed outputs of *token*.

    Raises UnknownTypeError when the installed SDK has no such type.
    """
    with _IMPORTING:
        return _resource_type(token)


@cache
def _resource_type(token: str) -> ResourceType:
    package, module, noun = token.split(":")
    space = module.split("/")[0]
    try:
        home = importlib.import_module(f"pulumi_{package}.{space}{'_' if keyword.iskeyword(space) else ''}")
        resource = getattr(home, noun)
        # where a nested input has the plain name already, the SDK calls the resource's own InitArgs
        arguments = getattr(home, f"{noun}InitArgs", None) or getattr(home, f"{noun}Args")
    except (ImportError, AttributeError) as error:
        raise UnknownTypeError(f"{token} is no resource of the installed pulumi_{package}.") from error
    inputs = fields(arguments)
    return ResourceType(token, inputs, _computed(resource, inputs))


@cache
def provider_fields(package: str) -> dict[str, Field]:
    """The configuration properties of the provider of *package* (`aws`)."""
    return fields(importlib.import_module(f"pulumi_{package}").ProviderArgs)


@cache
def fields(arguments: type) -> dict[str, Field]:
    """The properties of an SDK input class by wire name."""
    wire_names = _types.input_type_py_to_pulumi_names(arguments)
    required = {
        wire_names[name]
        for name, parameter in inspect.signature(arguments).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    hints = _types.input_type_types(arguments)
    return {name: Field(_shape(hints[name]), name in required) for name in hints}


def _computed(resource: type, inputs: dict[str, Field]) -> dict[str, Shape]:
    """Outputs whose type is not optional and that are no required input: AWS fills them in."""
    outputs: dict[str, Shape] = {}
    names = _types.resource_py_to_pulumi_names(resource)
    for python_name, member in vars(resource).items():
        if not isinstance(member, property) or python_name not in names:
            continue
        output = typing.get_type_hints(member.fget).get("return")
        (inner,) = typing.get_args(output) or (Any,)
        wire_name = names[python_name]
        demanded = wire_name in inputs and inputs[wire_name].required
        if not demanded and type(None) not in typing.get_args(inner):
            outputs[wire_name] = _shape(inner)
    return outputs


def _shape(hint: Any) -> Shape:
    for member in _members(hint):
        origin = typing.get_origin(member)
        if origin is collections.abc.Sequence:
            return Shape("list", _shape(typing.get_args(member)[0]))
        if origin is collections.abc.Mapping:
            return Shape("map", _shape(typing.get_args(member)[1]))
        if isinstance(member, type):
            found = _scalar(member)
            if found is not None:
                return found
    return Shape("any")


def _scalar(member: type) -> Shape | None:
    if _types.is_input_type(member):
        return Shape("object", fields=member)
    if issubclass(member, bool):
        return Shape("boolean")
    if issubclass(member, str | Enum):
        return Shape("string")
    if issubclass(member, int | float):
        return Shape("number")
    if _types.is_output_type(member):
        return Shape("object")
    return None


def _members(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a union (Input[T] is one) without the wrappers, or the one type there is."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        wrappers = (collections.abc.Awaitable, pulumi.Output)
        return tuple(m for m in typing.get_args(hint) if typing.get_origin(m) not in wrappers)
    return (hint,)
