"""What a service needs to talk to a store: an address, a door to knock at, and rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Input, Output

from components.iam import Statement


@dataclass(frozen=True, slots=True)
class SecretValue:
    """A secret as a container gets it, and the ARN its execution role must be allowed to read."""

    value_from: Output[str]
    readable: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """The one way into a store, offered by its owner; who goes through it declares the edge."""

    name: str
    security_group: Output[str]
    port: int
    env: Mapping[str, Input[str]]
    may: Sequence[Input[Statement]] = ()
