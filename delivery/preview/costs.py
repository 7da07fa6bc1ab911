"""What a change costs a month, where the price table knows it; elsewhere that it is not known."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from delivery.preview.digest import Change, Digest

TABLE = Path(__file__).with_name("prices.toml")
Inputs = Mapping[str, Any]
INSTANCE, SERVICE, DEFINITION = (
    "aws:rds/instance:Instance",
    "aws:ecs/service:Service",
    "aws:ecs/taskDefinition:TaskDefinition",
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Dated(_Part):
    source: str
    date: date


class Fargate(_Dated):
    """An hour of a task."""

    vcpu: Decimal
    gigabyte: Decimal


class Rds(_Dated):
    """An hour of an instance by its class, a month of its storage."""

    instance: Mapping[str, Decimal]
    storage: Decimal


class Network(_Dated):
    """An hour of what stands in a network."""

    nat_gateway: Decimal
    endpoint: Decimal
    address: Decimal


class Types(_Part):
    """Resource types by the beginning of their tokens."""

    types: tuple[str, ...]

    def has(self, type_: str) -> bool:
        """Whether *type_* is one of them."""
        return type_.startswith(self.types)


class Prices(_Part):
    """The table."""

    region: str
    hours: int
    fargate: Fargate
    rds: Rds
    network: Network
    free: Types
    by_use: Types

    @classmethod
    @cache
    def load(cls) -> Prices:
        """The one in this folder."""
        return cls.model_validate(tomllib.loads(TABLE.read_text(), parse_float=Decimal))

    @property
    def oldest(self) -> date:
        """Of when its oldest figure is."""
        return min(part.date for part in (self.fargate, self.rds, self.network))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one resource costs a month, before and after."""

    name: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """What comes on top, or goes."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a preview's changes cost: known figures, and what there is none for."""

    known: Sequence[Cost]
    by_use: Sequence[str]
    unknown: Sequence[str]
    prices: Prices

    @property
    def difference(self) -> Decimal:
        """The sum of what is known."""
        return sum((cost.difference for cost in self.known), Decimal(0))


def estimate(digest: Digest, region: str) -> Estimate:
    """What the changes in *digest* cost in *region*."""
    prices = Prices.load()
    known: list[Cost] = []
    by_use: list[str] = []
    unknown: list[str] = []
    for change in digest.changes():
        if prices.free.has(change.type):
            continue
        figures = [_monthly(prices, digest, change, inputs) for inputs in (change.before, change.after)]
        if region == prices.region and None not in figures:
            before, after = (figure or Decimal(0) for figure in figures)
            if before != after:
                known.append(Cost(change.name, before, after))
        elif prices.by_use.has(change.type):
            by_use.append(change.name)
        else:
            unknown.append(change.name)
    return Estimate(known, by_use, unknown, prices)


def _monthly(prices: Prices, digest: Digest, change: Change, inputs: Inputs) -> Decimal | None:
    """What a resource with *inputs* costs a month; nothing without them; None when that is not known."""
    if not inputs:
        return Decimal(0)
    figures: Mapping[str, Callable[[], Decimal | None]] = {
        INSTANCE: lambda: _instance(prices, inputs),
        SERVICE: lambda: _service(prices, inputs, _size(digest, change, inputs)),
        "aws:ec2/natGateway:NatGateway": lambda: prices.network.nat_gateway * prices.hours,
        "aws:ec2/eip:Eip": lambda: prices.network.address * prices.hours,
        "aws:ec2/vpcEndpoint:VpcEndpoint": lambda: _endpoint(prices, inputs),
    }
    return figures[change.type]() if change.type in figures else None


def _instance(prices: Prices, inputs: Inputs) -> Decimal | None:
    hour = prices.rds.instance.get(str(inputs.get("instanceClass")))
    if hour is None or inputs.get("storageType") != "gp3":
        return None
    zones = 2 if inputs.get("multiAz") else 1
    storage = prices.rds.storage * int(inputs.get("allocatedStorage", 0))
    return zones * (hour * prices.hours + storage)


def _service(prices: Prices, inputs: Inputs, size: Inputs | None) -> Decimal | None:
    capacity = [each.get("capacityProvider") for each in inputs.get("capacityProviderStrategies", [])]
    if size is None or capacity != ["FARGATE"]:
        return None
    vcpus, gigabytes = Decimal(size["cpu"]) / 1024, Decimal(size["memory"]) / 1024
    hour = vcpus * prices.fargate.vcpu + gigabytes * prices.fargate.gigabyte
    return int(inputs.get("desiredCount", 0)) * hour * prices.hours


def _endpoint(prices: Prices, inputs: Inputs) -> Decimal | None:
    if inputs.get("vpcEndpointType", "Gateway") == "Gateway":
        return Decimal(0)
    return prices.network.endpoint * len(inputs.get("subnetIds", [])) * prices.hours


def _size(digest: Digest, change: Change, inputs: Inputs) -> Inputs | None:
    """The task definition beside a service, in the same version as *inputs*."""
    for component, before, after in digest.standing(DEFINITION):
        if component == change.component:
            return before if inputs is change.before else after
    return None
