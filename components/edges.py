"""Edges: what one group of machines may say to another, on both of their lists."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Input
from pulumi_aws import vpc

from components.base import Component


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """Connections from the security group *source* to *port* of *target*."""

    source: Input[str]
    target: Input[str]
    port: int
    description: str


def declare_edge(owner: Component, edge: Edge, *, out: str, into: str) -> None:
    """Both rules of *edge*, children of *owner* called *out* (of the source) and *into* (the target)."""
    vpc.SecurityGroupEgressRule(
        owner.child(out),
        security_group_id=edge.source,
        referenced_security_group_id=edge.target,
        description=edge.description,
        ip_protocol="tcp",
        from_port=edge.port,
        to_port=edge.port,
        tags=owner.tags(),
        opts=owner.child_opts(),
    )
    vpc.SecurityGroupIngressRule(
        owner.child(into),
        security_group_id=edge.target,
        referenced_security_group_id=edge.source,
        description=edge.description,
        ip_protocol="tcp",
        from_port=edge.port,
        to_port=edge.port,
        tags=owner.tags(),
        opts=owner.child_opts(),
    )
