"""Resources that hold what nobody can make again, and what is lost with each."""

from __future__ import annotations

from collections.abc import Mapping

from delivery.preview.digest import Change

LOST: Mapping[str, str] = {
    "aws:rds/instance:Instance": "every row of the database, but for its final snapshot if it makes one",
    "aws:rds/cluster:Cluster": "every row of the database, but for its final snapshot if it makes one",
    "aws:s3/bucket:Bucket": "every object in the bucket, and its versions",
    "aws:sqs/queue:Queue": "the messages that wait in the queue",
    "aws:elasticache/replicationGroup:ReplicationGroup": "sessions, limits and rung doorbells",
    "aws:ecr/repository:Repository": "the images in the repository, those for a roll-back too",
    "aws:secretsmanager/secret:Secret": "the secret's value, after its recovery window",
    "aws:kms/key:Key": "whatever was encrypted with the key, after its waiting time",
    "aws:cloudwatch/logGroup:LogGroup": "the lines of the log",
    "aws:route53/zone:Zone": "the zone's name servers: the domain must be delegated again",
    "aws:sns/topic:Topic": "events that are published until subscribers are back",
}


def what_is_lost(change: Change) -> str:
    """What goes with a resource that is deleted or replaced; empty when nothing of worth does."""
    return LOST.get(change.type, "") if change.kind in ("delete", "replace") else ""
