"""Caches: encrypted, opened to nobody unnamed; and one that rings for jobs forgets none."""

from __future__ import annotations

from vectoricons_policy.known import Stack
from vectoricons_policy.properties import among, at_least, expect, is_given, is_true
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule

REPLICATION_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
PARAMETER_GROUP = "aws:elasticache/parameterGroup:ParameterGroup"


@rule(
    "cache-encrypted",
    severity="high",
    framework="hub:ElastiCache.4, hub:ElastiCache.5, nag:AEC3",
    why="Sessions and jobs pass through it; in the clear they can be read on the way and on the disk.",
    fix="Set atRestEncryptionEnabled and transitEncryptionEnabled to true, transitEncryptionMode to "
    "required.",
    scope=Scope.RESOURCE,
)
def caches_are_encrypted(stack: Stack) -> Findings:
    """Every replication group."""
    for group in stack.known(
        REPLICATION_GROUP, "atRestEncryptionEnabled", "transitEncryptionEnabled", "transitEncryptionMode"
    ):
        if group["atRestEncryptionEnabled"] is not True:
            yield Finding(group.urn, "atRestEncryptionEnabled", "It is not encrypted on its disks.")
        if group["transitEncryptionEnabled"] is not True:
            yield Finding(group.urn, "transitEncryptionEnabled", "It is not encrypted on the way.")
        elif group["transitEncryptionMode"] != "required":
            yield Finding(group.urn, "transitEncryptionMode", "It answers without TLS too.")


@rule(
    "cache-auth",
    severity="high",
    framework="hub:ElastiCache.6, nag:AEC6",
    why="A cache without users is open to everything in the network, and to whoever gets in there.",
    fix="Give it userGroupIds, best with users that IAM knows; or an authToken.",
    scope=Scope.RESOURCE,
)
def caches_know_their_clients(stack: Stack) -> Findings:
    """Every replication group."""
    for group in stack.known(REPLICATION_GROUP, "userGroupIds", "authToken"):
        if not group["userGroupIds"] and not group["authToken"]:
            yield Finding(group.urn, "userGroupIds", "It asks nobody who they are.")


@rule(
    "cache-ha",
    severity="medium",
    framework="hub:ElastiCache.3, nag:AEC4",
    why="A single node that fails takes sessions, limits and the doorbell of every worker with it.",
    fix="Set automaticFailoverEnabled and multiAzEnabled to true, with two nodes or more.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def caches_survive_a_zone(stack: Stack) -> Findings:
    """Every replication group."""
    for name in ("automaticFailoverEnabled", "multiAzEnabled"):
        yield from expect(stack, REPLICATION_GROUP, name, is_true, f"{name} is not true.")


@rule(
    "cache-backups",
    severity="low",
    framework="hub:ElastiCache.1, hub:ElastiCache.2, hub:ElastiCache.7",
    why="A cache that comes back empty asks everything of the database at once.",
    fix="Set snapshotRetentionLimit to 1 or more, autoMinorVersionUpgrade to true, and a subnetGroupName.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def caches_are_looked_after(stack: Stack) -> Findings:
    """Every replication group: its snapshots, its fixes, its subnets."""
    yield from expect(
        stack, REPLICATION_GROUP, "snapshotRetentionLimit", at_least(1), "It keeps no snapshot."
    )
    yield from expect(
        stack,
        REPLICATION_GROUP,
        "autoMinorVersionUpgrade",
        among(True, "true"),
        "It does not say that it takes minor versions.",
    )
    yield from expect(
        stack, REPLICATION_GROUP, "subnetGroupName", is_given, "It stands in the default subnets."
    )


@rule(
    "queue-store-noeviction",
    severity="high",
    framework="",
    why="A store of jobs that evicts when it is full forgets jobs without a word.",
    fix='Give the parameter group {"name": "maxmemory-policy", "value": "noeviction"}.',
    scope=Scope.RESOURCE,
)
def stores_of_jobs_refuse_rather_than_forget(stack: Stack) -> Findings:
    """Every parameter group that is tagged `role: rq`."""
    for group in stack.known(PARAMETER_GROUP, "tags", "parameters"):
        tags, parameters = group["tags"], group["parameters"]
        kept = isinstance(parameters, list) and any(
            (each.get("name"), each.get("value")) == ("maxmemory-policy", "noeviction") for each in parameters
        )
        if isinstance(tags, dict) and tags.get("role") == "rq" and not kept:
            yield Finding(group.urn, "maxmemory-policy", "It does not set maxmemory-policy to noeviction.")
