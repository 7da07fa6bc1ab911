"""What each way out of the network costs, so that a stack chooses it with both figures in sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Egress = Literal["nat", "endpoints"]

# What tasks call where there is no way out but to AWS itself; S3 has a gateway, free of charge.
SERVICES = ("ecr.api", "ecr.dkr", "email", "logs", "secretsmanager", "sns", "sqs")

_HOURS = 730  # in a month

# Dollars, us-east-1, as published in 2026; other regions cost up to twice as much.
# https://aws.amazon.com/vpc/pricing/ and https://aws.amazon.com/privatelink/pricing/
_NAT_HOUR, _NAT_GB = 0.045, 0.045
_ENDPOINT_HOUR, _ENDPOINT_GB = 0.01, 0.01


@dataclass(frozen=True, slots=True)
class Estimate:
    """Dollars: what standing there costs in a month, and what each GB adds."""

    month: float
    gb: float

    def __str__(self) -> str:
        return f"about ${self.month:,.0f} a month and ${self.gb:.3f} a GB"


def estimates(zones: int, *, multi_zone: bool) -> dict[Egress, Estimate]:
    """Both ways in a network of so many *zones*; endpoints stand in each, NAT gateways if *multi_zone*."""
    gateways = zones if multi_zone else 1
    return {
        "nat": Estimate(gateways * _NAT_HOUR * _HOURS, _NAT_GB),
        "endpoints": Estimate(len(SERVICES) * zones * _ENDPOINT_HOUR * _HOURS, _ENDPOINT_GB),
    }


def sentence(chosen: Egress, zones: int, *, multi_zone: bool) -> str:
    """The choice and the other one, for people."""
    found = estimates(zones, multi_zone=multi_zone)
    other: Egress = "endpoints" if chosen == "nat" else "nat"
    return f"network.egress is {chosen}: {found[chosen]}. With {other} it would be {found[other]}."
