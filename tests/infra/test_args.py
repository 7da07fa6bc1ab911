"""Every field of every component's arguments changes what is declared: none is taken and dropped."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Network
from typing import Any

import pytest
from pulumi import Output
from pydantic import SecretStr

import components
from components.assets import Assets, AssetsArgs
from components.base import Component
from components.buckets import ACCESS_LOGS, Bucket, BucketArgs
from components.cache import Cache, CacheArgs
from components.cdn import CdnArgs
from components.cluster import ClusterArgs
from components.database import Database, DatabaseArgs
from components.dns import Certificates, CertificatesArgs, Dns, DnsArgs, Record
from components.firewall import Firewall, FirewallArgs
from components.frontend import Frontend, FrontendArgs
from components.iam import grant
from components.identity import Identity, IdentityArgs
from components.images import Images, ImagesArgs
from components.links import Links, LinksArgs
from components.load_balancer import LoadBalancer, LoadBalancerArgs, Route
from components.mail import Mail, MailArgs
from components.messaging import Queue, QueueArgs, Sender, Subscription, SubscriptionArgs
from components.network import Network, NetworkArgs
from components.reach import SecretValue
from components.scaling import Busy
from components.secrets import Secret, SecretArgs
from components.sections.network import Replica
from components.sections.services import BuiltImages, GivenImages, Size
from components.service import Service
from components.task import Init, TaskArgs
from tests.infra.made import (
    assets,
    balancer,
    bucket,
    cdn,
    cluster,
    firewall,
    image,
    links,
    network,
    queue,
    secret,
    served,
    store,
    topic,
)
from tests.infra.synth import Declarations, component
from tests.keys import OTHER_PRIVATE_KEY, PRIVATE_KEY, PUBLIC_KEY

# Untraced, for it is long: the snapshots of components are seen to cover the same.
pytestmark = pytest.mark.no_cover

DIGEST = "sha256:" + "0" * 64
SECRET = SecretValue(Output.from_input("arn:one"), "arn:one")

# component, arguments: for every field two values (callables make components where the arguments are used)
CASES: dict[type, tuple[Callable[[str, Any], Component], dict[str, tuple[Any, Any]]]] = {
    NetworkArgs: (
        Network,
        {
            "cidr": (IPv4Network("10.0.0.0/16"), IPv4Network("10.1.0.0/16")),
            "zones": (["us-east-1a"], ["us-east-1b"]),
            "egress": ("nat", "endpoints"),
        },
    ),
    DatabaseArgs: (
        Database,
        {
            "network": (network("one"), network("two")),
            "instance": ("db.t4g.micro", "db.t4g.small"),
            "storage": (20, 40),
            "replicas": (0, 1),
        },
    ),
    CacheArgs: (
        Cache,
        {
            "network": (network("one"), network("two")),
            "node": ("cache.t4g.micro", "cache.t4g.small"),
            "access": ("iam", "open"),
            "replicas": (0, 1),
        },
    ),
    BucketArgs: (
        Bucket,
        {
            "forms_from": ([], ["https://a.test"]),
            "served_by_cdn": (False, True),
            "expire_days": (None, 30),
            "logs": (None, bucket("kept")),
            "deliveries": ([], ACCESS_LOGS),
        },
    ),
    QueueArgs: (
        Queue,
        {
            "visibility": (timedelta(minutes=1), timedelta(minutes=2)),
            "senders": ([], [Sender("sns.amazonaws.com", "arn:aws:sns:us-east-1:1:events")]),
            "max_receives": (5, 4),
            "late": (timedelta(minutes=1), timedelta(minutes=2)),
        },
    ),
    SubscriptionArgs: (
        Subscription,
        {
            "topic": (topic("one"), topic("two")),
            "queue": (queue("one"), queue("two")),
            "events": (["a.after.make"], ["b.after.make"]),
        },
    ),
    SecretArgs: (
        Secret,
        {"value": (SecretStr("one"), SecretStr("two")), "purpose": ("Signs", "Seals")},
    ),
    IdentityArgs: (
        Identity,
        {
            "repository": ("one/one", "two/two"),
            "environment": ("dev", "production"),
            "state_bucket": ("one", "two"),
            "state_key": ("arn:aws:kms:us-east-1:1:key/1", "arn:aws:kms:us-east-1:1:key/2"),
            "mail_domain": ("one.test", "two.test"),
            "repositories": (
                ["arn:aws:ecr:us-east-1:1:repository/one"],
                ["arn:aws:ecr:us-east-1:1:repository/two"],
            ),
            "buckets": (lambda: [bucket("one")()], lambda: [bucket("two")()]),
            "secrets": (lambda: [secret("one-key")()], lambda: [secret("two-key")()]),
        },
    ),
    MailArgs: (Mail, {"sender": ("a@one.test", "a@two.test")}),
    CdnArgs: (
        assets,
        {
            "certificate": (None, lambda: Output.from_input("arn:one")),
            "firewall": (firewall("one"), firewall("two")),
            "logs": (bucket("one-logs"), bucket("two-logs")),
            "price_class": ("PriceClass_100", "PriceClass_All"),
        },
    ),
    AssetsArgs: (
        Assets,
        {
            "cdn": (
                lambda: cdn("one", certificate=Output.from_input("arn:one")),
                lambda: cdn("two", certificate=Output.from_input("arn:two")),
            ),
            "host": ("one.test", "two.test"),
            "public": (served("one-public"), served("two-public")),
            "private": (served("one-private"), served("two-private")),
            "links": (links("one-links"), links("two-links")),
            "replica": (None, Replica(bucket="copy", region="eu-west-1")),
        },
    ),
    FrontendArgs: (
        Frontend,
        {
            "cdn": (
                lambda: cdn("one", certificate=Output.from_input("arn:one")),
                lambda: cdn("two", certificate=Output.from_input("arn:two")),
            ),
            "balancer": (balancer("one-balancer"), balancer("two-balancer")),
            "site": ("one.test", "two.test"),
            "alias": ("www.one.test", "www.two.test"),
            "stream": ("stream.one.test", "stream.two.test"),
            "icons": ("icons.one.test", "icons.two.test"),
        },
    ),
    LoadBalancerArgs: (
        LoadBalancer,
        {
            "network": (network("one"), network("two")),
            "certificate": (None, "arn:one"),
            "prefix_list": ("pl-1", "pl-2"),
            "logs": (bucket("one-logs"), bucket("two-logs")),
        },
    ),
    LinksArgs: (
        Links,
        {
            "private_key": (SecretStr(PRIVATE_KEY), SecretStr(OTHER_PRIVATE_KEY)),
            "trusted": ([], [PUBLIC_KEY]),
        },
    ),
    FirewallArgs: (Firewall, {"limit": (100, 200)}),
    CertificatesArgs: (
        Certificates,
        {"zone": ("Z1", None), "hosts": (["one.test"], ["one.test", "two.test"])},
    ),
    DnsArgs: (
        Dns,
        {
            "zone": ("Z1", None),
            "hosts": (dict, lambda: {"assets.test": assets("leads", cdn("leads-shared"))}),
            "aliases": ({"www.one.test": "one.test"}, {"www.two.test": "two.test"}),
            "records": ([], [Record(part="mx", name="one.test", type="MX", value="10 mail.test")]),
        },
    ),
    ImagesArgs: (
        Images,
        {
            "source": (
                BuiltImages(source="build"),
                GivenImages(source="digest", api=DIGEST, worker=DIGEST, converter=DIGEST),
            )
        },
    ),
    TaskArgs: (
        Service,
        {
            "cluster": (cluster("one"), cluster("two")),
            "image": (image("one"), image("two")),
            "command": (["worker", "relay"], ["worker", "reaper"]),
            "size": (Size(min=1), Size(min=2)),
            "scale": ([Busy()], [Busy(cpu=50)]),
            "env": ({}, {"A": "1"}),
            "secrets": ({}, {"KEY": SECRET}),
            "may": ([], [grant("sns:Publish", on="arn:aws:sns:us-east-1:1:events")]),
            "reach": (list, lambda: [store("kept")()]),
            "port": (8000, 8001),
            "behind": (None, lambda: Route(balancer=balancer("kept")(), host="one.test", priority=1)),
            "init": ([], [Init("migrate", ["api", "migrate"])]),
            "health": ([], ["worker", "--help"]),
        },
    ),
}
# What shows in the environment of those who reach the component, and in test_stores.
ELSEWHERE = {(DatabaseArgs, "sslmode"), (ClusterArgs, "network")}


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind, (_, values) in CASES.items() for field in values]
)
def test_a_field_changes_what_is_declared(kind: type, field: str) -> None:
    assert _declared(kind, field) != _declared(kind, None)


@cache
def _declared(kind: type, changed: str | None) -> list[tuple[str, str, Any]]:
    """What the component declares, with the second value for the field *changed*."""
    made_by, values = CASES[kind]

    def build() -> None:
        chosen = {field: pair[field == changed] for field, pair in values.items()}
        made_by("subject", kind(**{k: v() if callable(v) else v for k, v in chosen.items()}))

    found: Declarations = component(build)
    return [
        (each.type, each.name, each.inputs) for each in found.resources if each.name.startswith("subject-")
    ]


def test_no_field_is_forgotten_here() -> None:
    modules = [
        importlib.import_module(f"components.{each.name}")
        for each in pkgutil.iter_modules(components.__path__)
    ]
    kinds = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.endswith("Args") and is_dataclass(value) and value.__module__.startswith("components.")
    }
    every = {(kind, field.name) for kind in kinds for field in fields(kind)}
    assert every == {(kind, field) for kind, (_, values) in CASES.items() for field in values} | ELSEWHERE
