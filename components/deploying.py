"""What may deploy a stack: documents made of the table beside this file, each short enough for IAM."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from components.iam import Statement, anywhere, document, fence, grant, refuse
from components.names import Names

MANAGED = 6_144  # characters that a policy of its own may have
GROUPS = ("reads", "by-id", "edge", "stores", "services", "notices")
_CDN_REGION = "us-east-1"  # that of what is global, too
_UNNAMED = ("ecs:DeregisterTaskDefinition",)  # changes by the stack's name, if AWS let us say so


def actions(group: str) -> list[str]:
    """Those of one group of the table, in IAM's words."""
    table: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text()
    )
    return [f"{service}:{verb}" for service, verbs in table[group].items() for verb in verbs]


def look(buckets: Sequence[str], secrets: Sequence[str]) -> list[Statement]:
    """Leave to see what these *buckets* and *secrets* are, beside the group "reads"."""
    looks = actions("looks")
    return [
        grant(*(each for each in looks if each.startswith("s3:")), on=buckets),
        grant(*(each for each in looks if each.startswith("secretsmanager:")), on=secrets),
    ]


def documents(names: Names, mail: str) -> dict[str, str]:
    """Each group's policy; *mail* is the domain that the stack sends from."""
    regions = {"StringEquals": {"aws:RequestedRegion": sorted({names.region, _CDN_REGION})}}
    here = f"{names.region}:{names.account}"
    return {
        "reads": managed(anywhere(*actions("reads"), when=regions)),
        "by-id": managed(anywhere(*actions("by-id"), *_UNNAMED, when=regions), _spare_others(names)),
        "edge": managed(anywhere(*actions("edge"), when=regions)),
        "stores": managed(*fence(*actions("stores"), *actions("looks"), inside=_stores(names, here))),
        "services": managed(*fence(*actions("services"), inside=_services(names, here))),
        "notices": managed(*fence(*actions("notices"), inside=_notices(names, here, mail))),
    }


def _spare_others(names: Names) -> Statement:
    """The network of another stack in the account is not deleted by this one."""
    deletes = [each for each in actions("by-id") if each.startswith("ec2:Delete") and "Tags" not in each]
    return refuse(
        *deletes, "ec2:ReleaseAddress", when={"StringNotEquals": {"aws:ResourceTag/env": names.stack}}
    )


def _stores(names: Names, here: str) -> list[str]:
    rds = ("db", "pg", "subgrp")
    cache = ("replicationgroup", "cluster", "parametergroup", "subnetgroup", "user", "usergroup")
    return [
        *(f"arn:aws:rds:{here}:{kind}:{names.stem}-*" for kind in rds),
        *(f"arn:aws:elasticache:{here}:{kind}:{names.stem}-*" for kind in cache),
        # ElastiCache weighs a group against the versions of Valkey that it would run.
        f"arn:aws:elasticache:{here}:parametergroup:default*",
        f"arn:aws:s3:::{names.stem}-*",
        f"arn:aws:secretsmanager:{here}:secret:{names.stem}-*",
        f"arn:aws:sns:{here}:{names.stem}-*",
        f"arn:aws:sqs:{here}:{names.stem}-*",
    ]


def _services(names: Names, here: str) -> list[str]:
    balancer = f"arn:aws:elasticloadbalancing:{here}"
    return [
        f"arn:aws:ecr:{here}:repository/{names.stem}-*",
        f"arn:aws:ecs:{here}:cluster/{names.stem}",
        f"arn:aws:ecs:{here}:service/{names.stem}/*",
        f"arn:aws:ecs:{here}:task/{names.stem}/*",
        f"arn:aws:ecs:{here}:task-definition/{names.stem}-*",
        *(f"{balancer}:{kind}/{names.stem}-*" for kind in ("loadbalancer/app", "targetgroup")),
        *(f"{balancer}:{kind}/app/{names.stem}-*" for kind in ("listener", "listener-rule")),
        f"arn:aws:wafv2:{here}:regional/webacl/{names.stem}-*",
        f"arn:aws:wafv2:{_CDN_REGION}:{names.account}:global/webacl/{names.stem}-*",
    ]


def _notices(names: Names, here: str, mail: str) -> list[str]:
    return [
        f"arn:aws:cloudwatch:{here}:alarm:{names.stem}-*",
        f"arn:aws:cloudwatch::{names.account}:dashboard/{names.stem}",
        f"arn:aws:logs:{here}:log-group:{names.stem}-*",
        f"arn:aws:logs:{here}:log-group:/aws/rds/instance/{names.stem}-*",
        f"arn:aws:logs:{_CDN_REGION}:{names.account}:log-group:aws-waf-logs-{names.stem}-*",
        f"arn:aws:ses:{here}:configuration-set/{names.stem}-*",
        f"arn:aws:ses:{here}:identity/{mail}",
    ]


def managed(*statements: Statement) -> str:
    """A policy of its own. Raises ValueError when it is longer than IAM takes."""
    return document(*statements, longest=MANAGED)
