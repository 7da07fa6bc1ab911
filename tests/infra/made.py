"""Components for tests that need one and do not care which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

from pulumi import Output
from pydantic import SecretStr

from components.assets import Assets, AssetsArgs
from components.buckets import Bucket, BucketArgs
from components.cache import Cache, CacheArgs
from components.cdn import CdnArgs
from components.cluster import Cluster, ClusterArgs
from components.firewall import Firewall, FirewallArgs
from components.images import Image
from components.links import Links, LinksArgs
from components.load_balancer import LoadBalancer, LoadBalancerArgs
from components.messaging import Queue, QueueArgs, Topic
from components.network import Network, NetworkArgs
from components.secrets import Secret, SecretArgs
from tests.keys import PRIVATE_KEY

Made = Callable[[], Any]


def network(name: str) -> Made:
    cidr, zones = IPv4Network("10.0.0.0/16"), ["us-east-1a"]
    return lambda: Network(name, NetworkArgs(cidr=cidr, zones=zones, egress="endpoints"))


def bucket(name: str) -> Made:
    return lambda: Bucket(name, BucketArgs())


def queue(name: str) -> Made:
    return lambda: Queue(name, QueueArgs(visibility=timedelta(minutes=1)))


def topic(name: str) -> Made:
    return lambda: Topic(name)


def cluster(name: str) -> Made:
    return lambda: Cluster(name, ClusterArgs(network=network(f"{name}-network")()))


def store(name: str) -> Made:
    return lambda: Cache(name, CacheArgs(network=network(f"{name}-network")(), node="cache.t4g.micro"))


def image(digest: str) -> Made:
    return lambda: Image(Output.from_input(f"worker@{digest}"), "arn:aws:ecr:us-east-1:1:repository/worker")


def secret(name: str) -> Made:
    return lambda: Secret(name, SecretArgs(value=SecretStr("one"), purpose="Signs"))


def served(name: str) -> Made:
    return lambda: Bucket(name, BucketArgs(served_by_cdn=True))


def firewall(name: str) -> Made:
    return lambda: Firewall(name, FirewallArgs(limit=100))


def links(name: str) -> Made:
    return lambda: Links(name, LinksArgs(private_key=SecretStr(PRIVATE_KEY)))


def balancer(name: str) -> Made:
    return lambda: LoadBalancer(
        name,
        LoadBalancerArgs(
            network=network(f"{name}-network")(),
            certificate=None,
            prefix_list="pl-1",
            logs=bucket(f"{name}-logs")(),
        ),
    )


def cdn(name: str, **changes: Any) -> CdnArgs:
    said: dict[str, Any] = {
        "certificate": None,
        "firewall": firewall(f"{name}-firewall")(),
        "logs": bucket(f"{name}-logs")(),
        "price_class": "PriceClass_100",
    }
    return CdnArgs(**said | changes)


def assets(name: str, shared: CdnArgs, **changes: Any) -> Assets:
    """Assets on what distributions share."""
    said: dict[str, Any] = {
        "cdn": shared,
        "host": "assets.test",
        "public": served(f"{name}-public")(),
        "private": served(f"{name}-private")(),
        "links": links(f"{name}-links")(),
    }
    return Assets(name, AssetsArgs(**said | changes))
