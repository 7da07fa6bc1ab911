"""The address plan of a network: pure arithmetic, the same for every stack."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Literal

Tier = Literal["public", "app", "data"]

TIERS: tuple[Tier, ...] = ("public", "app", "data")
_SLOTS = 4  # zones there is room for in a tier


def plan(cidr: IPv4Network, zones: Sequence[str]) -> dict[Tier, dict[str, IPv4Network]]:
    """The subnet of each tier in each zone.

    A tier is a quarter of *cidr* (the last is spare) and a zone a quarter of its tier, so a tier or a zone
    that is added later moves no subnet that is there. At most four zones.
    """
    if len(zones) > _SLOTS:
        raise ValueError(f"{len(zones)} zones; the plan has room for {_SLOTS}.")
    quarters = cidr.subnets(prefixlen_diff=2)
    return {
        tier: dict(zip(zones, quarter.subnets(prefixlen_diff=2), strict=False))
        for tier, quarter in zip(TIERS, quarters, strict=False)
    }
