"""The address plan, for every network and number of zones there may be."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.addresses import TIERS, plan

ZONES = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]


@st.composite
def networks(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(16, 22))
    address = draw(st.integers(0, 2**32 - 1))
    return IPv4Network((address >> (32 - prefix) << (32 - prefix), prefix))


@given(network=networks(), zones=st.integers(1, 4))
def test_subnets_lie_in_the_network_and_never_overlap(network: IPv4Network, zones: int) -> None:
    subnets = [subnet for tier in plan(network, ZONES[:zones]).values() for subnet in tier.values()]
    assert len(subnets) == len(TIERS) * zones
    assert all(subnet.subnet_of(network) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(network=networks(), zones=st.integers(1, 3))
def test_a_new_zone_moves_no_subnet_that_is_there(network: IPv4Network, zones: int) -> None:
    before, after = plan(network, ZONES[:zones]), plan(network, ZONES[: zones + 1])
    assert all(before[tier].items() <= after[tier].items() for tier in TIERS)


@given(network=networks())
def test_a_quarter_of_the_network_stays_spare_and_every_subnet_is_one_aws_sells(network: IPv4Network) -> None:
    tiers = plan(network, ZONES)
    subnets = [subnet for tier in tiers.values() for subnet in tier.values()]
    assert sum(subnet.num_addresses for subnet in subnets) * 4 == network.num_addresses * 3
    assert all(16 <= subnet.prefixlen <= 28 for subnet in subnets)


def test_a_fifth_zone_is_refused_rather_than_left_without_addresses() -> None:
    with pytest.raises(ValueError, match="5 zones; the plan has room for 4"):
        plan(IPv4Network("10.0.0.0/16"), [*ZONES, "us-east-1e"])
