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
from components.base import Component
from components.buckets import Bucket, BucketArgs
from components.cache import Cache, CacheArgs
from components.cdn import Cdn, CdnArgs
from components.cluster import Cluster, ClusterArgs
from components.database import Database, DatabaseArgs
from components.iam import grant
from components.identity import Identity, IdentityArgs
from components.images import Image, Images, ImagesArgs
from components.mail import Mail, MailArgs
from components.messaging import Queue, QueueArgs, Sender, Subscription, SubscriptionArgs, Topic
from components.network import Network, NetworkArgs
from components.reach import SecretValue
from components.scaling import Busy
from components.secrets import Secret, SecretArgs
from components.service import Service
from components.settings import BuiltImages, GivenImages, Size
from components.task import Init, TaskArgs
from tests.infra.synth import Declarations, component

Made = Callable[[], Any]
DIGEST = "sha256:" + "0" * 64


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


SECRET = SecretValue(Output.from_input("arn:one"), "arn:one")

# component, arguments: for every field two values (callables make components where the arguments are used)
CASES: dict[type, tuple[type[Component], dict[str, tuple[Any, Any]]]] = {
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
        {"forms_from": ([], ["https://a.test"]), "served_by_cdn": (False, True), "expire_days": (None, 30)},
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
        },
    ),
    MailArgs: (Mail, {"sender": ("a@one.test", "a@two.test")}),
    CdnArgs: (
        Cdn,
        {
            "bucket": (bucket("one"), bucket("two")),
            "origin": ("https://one.test", "https://two.test"),
            "certificate": ("arn:one", None),
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
            "scale": (Busy(), Busy(cpu=50)),
            "env": ({}, {"A": "1"}),
            "secrets": ({}, {"KEY": SECRET}),
            "may": ([], [grant("sns:Publish", on="arn:aws:sns:us-east-1:1:events")]),
            "reach": (list, lambda: [store("kept")()]),
            "port": (None, 8000),
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
