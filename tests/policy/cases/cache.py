"""Caches."""

from __future__ import annotations

from tests.policy.keeping import Case, given, one

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
GOOD = {
    "replicationGroupId": "subject",
    "atRestEncryptionEnabled": True,
    "transitEncryptionEnabled": True,
    "transitEncryptionMode": "required",
    "userGroupIds": ["tasks"],
    "automaticFailoverEnabled": True,
    "multiAzEnabled": True,
    "snapshotRetentionLimit": 1,
    "autoMinorVersionUpgrade": "true",
    "subnetGroupName": "data",
}

CASES: dict[str, Case] = {
    "cache-encrypted": one(
        GROUP,
        GOOD,
        *given("atRestEncryptionEnabled", False, None),
        *given("transitEncryptionEnabled", False, None),
        *given("transitEncryptionMode", "preferred", None),
    ),
    "cache-auth": one(GROUP, GOOD, *given("userGroupIds", None, [])),
    "cache-ha": one(
        GROUP, GOOD, *given("automaticFailoverEnabled", False, None), *given("multiAzEnabled", False, None)
    ),
    "cache-backups": one(
        GROUP,
        GOOD,
        *given("snapshotRetentionLimit", 0, None),
        *given("autoMinorVersionUpgrade", "false", None),
        *given("subnetGroupName", None),
    ),
    "queue-store-noeviction": one(
        "aws:elasticache/parameterGroup:ParameterGroup",
        {"tags": {"role": "rq"}, "parameters": [{"name": "maxmemory-policy", "value": "noeviction"}]},
        *given(
            "parameters",
            None,
            [{"name": "maxmemory-policy", "value": "allkeys-lru"}],
            detail="maxmemory-policy",
        ),
    ),
}
