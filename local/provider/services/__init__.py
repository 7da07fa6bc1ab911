"""The AWS services whose resources a region really makes; importing a module registers its types."""

from __future__ import annotations

from local.provider.resources import find
from local.provider.services import (
    appautoscaling,
    cloudfront,
    ec2,
    ec2_groups,
    ec2_routing,
    ecs,
    elasticache,
    iam,
    kms,
    logs,
    rds,
    s3,
    s3_settings,
    secretsmanager,
    ses,
    sns,
    sqs,
)

__all__ = [
    "appautoscaling",
    "cloudfront",
    "ec2",
    "ec2_groups",
    "ec2_routing",
    "ecs",
    "elasticache",
    "find",
    "iam",
    "kms",
    "logs",
    "rds",
    "s3",
    "s3_settings",
    "secretsmanager",
    "ses",
    "sns",
    "sqs",
]
