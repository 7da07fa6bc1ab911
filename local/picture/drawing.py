"""What is drawn of a state: boxes in layers, and arrows with the words of the rights they stand for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from local.engine.references import Edge, References
from local.engine.state import Resource, State

Layer = Literal["pages", "services", "storage", "stores", "delivery"]

DRAWN: Mapping[str, tuple[Layer, str]] = {
    "frontend:Frontend": ("pages", "CloudFront"),
    "load_balancer:LoadBalancer": ("pages", "load balancer"),
    "service:Service": ("services", ""),
    "task:Task": ("services", "run once"),
    "buckets:Bucket": ("storage", "bucket"),
    "messaging:Queue": ("storage", "queue"),
    "messaging:Topic": ("storage", "topic"),
    "alerts:Alerts": ("storage", "topic"),
    "mail:Mail": ("storage", "e-mail"),
    "database:Database": ("stores", "PostgreSQL"),
    "cache:Cache": ("stores", "Valkey"),
    "assets:Assets": ("delivery", "CloudFront"),
}
"""Which components get a box: their types, the layer they stand in, and what AWS has for them."""
AROUND = {
    "base:Deployment": "one account and region",
    "network:Network": "the network around the services and stores",
    "cluster:Cluster": "the cluster they run on",
    "images:Images": "their images",
    "dns:Dns": "the names of what is at the edge",
    "dns:Certificates": "the proofs of those names",
    "messaging:Subscription": "an arrow",
    "dashboard:Dashboard": "a look at all of it",
    "identity:Identity": "the workflows that change it from outside",
}
"""Components that are there and get no box, with the reason."""
NOTED = {"secrets:Secret": "reads", "links:Links": "signed", "firewall:Firewall": "behind the"}
"""Components that are a line in the boxes of those who use them."""
VERBS = {
    "s3:GetObject": "reads",
    "s3:PutObject": "writes",
    "sqs:ReceiveMessage": "takes",
    "sqs:SendMessage": "sends",
    "sns:Publish": "publishes",
    "ses:SendEmail": "sends",
    "cloudfront:CreateInvalidation": "invalidates",
}
"""The rights an arrow stands for; what only serves one of these (to delete what was taken) is not told."""


@dataclass(frozen=True, slots=True)
class Box:
    """A component."""

    name: str
    layer: Layer
    noun: str
    notes: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Arrow:
    """What one component does with another."""

    tail: str
    head: str
    words: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Drawing:
    """The picture of *state*, before anybody lays it out."""

    state: State

    @cached_property
    def boxes(self) -> list[Box]:
        """Every component that has one, by name."""
        return [self._box(each) for each in self.state.components if _kind(each) in DRAWN]

    @cached_property
    def arrows(self) -> list[Arrow]:
        """Who does what with whom: by rights, by subscriptions and notifications, by what is served."""
        words: dict[tuple[str, str], list[str]] = {}
        for tail, head, said in [*self._rights(), *self._deliveries(), *self._ways()]:
            words.setdefault((tail, head), []).append(said)
        return [
            Arrow(*ends, tuple(filter(None, dict.fromkeys(said)))) for ends, said in sorted(words.items())
        ]

    def layer(self, name: str) -> Layer | None:
        """Where the box *name* stands, if there is one."""
        return next((box.layer for box in self.boxes if box.name == name), None)

    @property
    def unknown(self) -> list[str]:
        """Types of components that are neither drawn nor said to go without a box."""
        return sorted({_kind(each) for each in self.state.components} - {*DRAWN, *AROUND, *NOTED})

    def _box(self, component: Resource) -> Box:
        layer, noun = DRAWN[_kind(component)]
        used = [self._named[edge.used] for edge in self._edges if edge.user == component.name]
        stores = [each.name for each in used if _kind(each) in DRAWN and DRAWN[_kind(each)][0] == "stores"]
        noted = [f"{NOTED[_kind(each)]} {each.name}" for each in used if _kind(each) in NOTED]
        notes = [*self._size(component), *noted]
        return Box(component.name, layer, noun, tuple(notes), tuple(stores if layer == "services" else ()))

    def _size(self, component: Resource) -> Iterator[str]:
        """How many tasks of what size, or what kind of machine."""
        owned = {each.type: each.inputs for each in self._owned[component.name]}
        match owned:
            case {"aws:ecs/taskDefinition:TaskDefinition": {"cpu": cpu, "memory": memory}}:
                count = owned.get("aws:ecs/service:Service", {}).get("desiredCount")
                times = f"{count:g} × " if count else ""
                yield f"{times}{int(cpu) / 1024:g} vCPU, {int(memory) / 1024:g} GB"
            case {"aws:rds/instance:Instance": {"instanceClass": kind, "multiAz": True}}:
                yield f"{kind}, two zones"
            case {"aws:elasticache/replicationGroup:ReplicationGroup": {"nodeType": kind}}:
                yield str(kind)

    def _rights(self) -> Iterator[tuple[str, str, str]]:
        """What roles may do with other components' resources."""
        for policy in self.state.resources:
            if policy.type in ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"):
                owner = self._owner_name(policy)
                for action, arn in _allowed(policy):
                    used = self._by_arn(arn)
                    if used and used != owner and action in VERBS:
                        yield owner, used, f"{VERBS[action]} {_prefix(arn)}".rstrip()

    def _deliveries(self) -> Iterator[tuple[str, str, str]]:
        """Who hears of what: a queue of a topic's messages, or of a bucket's objects."""
        for each in self.state.resources:
            match each.type, each.inputs:
                case "aws:sns/topicSubscription:TopicSubscription", {"topic": topic, "endpoint": queue}:
                    yield self._by_arn(topic), self._by_arn(queue), ""
                case "aws:s3/bucketNotification:BucketNotification", {"queues": queues}:
                    for queue in queues:
                        yield self._owner_name(each), self._by_arn(queue["queueArn"]), "new objects"

    def _ways(self) -> Iterator[tuple[str, str, str]]:
        """What leads to the services, and what is served of the objects."""
        for edge in self._edges:
            match self.layer(edge.user), self.layer(edge.used):
                case "pages", "pages":
                    yield edge.user, edge.used, ""
                case "services", "pages" if not self._is_allowed(edge):
                    yield edge.used, edge.user, ""
                case "delivery", "storage" if edge.used != "logs":
                    yield edge.user, edge.used, "serves"

    def _is_allowed(self, edge: Edge) -> bool:
        return any((tail, head) == (edge.user, edge.used) for tail, head, _ in self._rights())

    def _by_arn(self, arn: str) -> str:
        """The component that owns what *arn* names, or what it names a part of; empty when none does."""
        found = self._arns.get(arn) or self._arns.get(arn.partition("/")[0])
        return self._owner_name(found) if found is not None else ""

    def _owner_name(self, resource: Resource) -> str:
        owner = self.state.owner(resource)
        return owner.name if owner is not None else ""

    @cached_property
    def _arns(self) -> dict[str, Resource]:
        return {
            str(each.outputs["arn"]): each
            for each in self.state.resources
            if each.custom and "arn" in each.outputs and "arn" not in each.inputs
        }

    @cached_property
    def _edges(self) -> list[Edge]:
        return list(References(self.state).edges())

    @cached_property
    def _owned(self) -> dict[str, list[Resource]]:
        return self.state.by_component()

    @cached_property
    def _named(self) -> dict[str, Resource]:
        return {each.name: each for each in self.state.components}


def _kind(component: Resource) -> str:
    """`buckets:Bucket` of `vectoricons:buckets:Bucket`."""
    return component.type.partition(":")[2]


def _allowed(policy: Resource) -> Iterator[tuple[str, str]]:
    """Every action with every resource that a policy allows it on."""
    for statement in json.loads(policy.inputs["policy"])["Statement"]:
        if statement["Effect"] == "Allow":
            for action in _listed(statement["Action"]):
                for arn in _listed(statement["Resource"]):
                    yield action, arn


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _prefix(arn: str) -> str:
    """`uploads/` of `arn:aws:s3:::bucket/uploads/*`."""
    return arn.partition("/")[2].rstrip("*") if arn.startswith("arn:aws:s3:::") else ""
