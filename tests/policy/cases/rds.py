"""Databases."""

from __future__ import annotations

from tests.policy.keeping import Case, given, one

INSTANCE = "aws:rds/instance:Instance"
GOOD = {
    "identifier": "subject",
    "engine": "postgres",
    "storageEncrypted": True,
    "publiclyAccessible": False,
    "multiAz": True,
    "deletionProtection": True,
    "skipFinalSnapshot": False,
    "finalSnapshotIdentifier": "subject-final",
    "backupRetentionPeriod": 14,
    "copyTagsToSnapshot": True,
    "autoMinorVersionUpgrade": True,
    "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
    "manageMasterUserPassword": True,
    "iamDatabaseAuthenticationEnabled": True,
    "username": "icons",
    "performanceInsightsEnabled": True,
    "monitoringInterval": 60,
}
FORCED = [{"name": "log_lock_waits", "value": "1"}, {"name": "rds.force_ssl", "value": "1"}]

CASES: dict[str, Case] = {
    "rds-encrypted": one(INSTANCE, GOOD, *given("storageEncrypted", False, None)),
    "rds-private": one(INSTANCE, GOOD, *given("publiclyAccessible", True)),
    "rds-multi-az": one(INSTANCE, GOOD, *given("multiAz", False, None)),
    "rds-deletion-protection": one(
        INSTANCE,
        GOOD,
        *given("deletionProtection", False, None),
        *given("skipFinalSnapshot", True),
        *given("finalSnapshotIdentifier", None, ""),
    ),
    "rds-backups": one(
        INSTANCE,
        GOOD,
        *given("backupRetentionPeriod", 0, 6, None),
        *given("copyTagsToSnapshot", False, None),
    ),
    "rds-backups-kept": one(INSTANCE, GOOD, *given("backupRetentionPeriod", 13, None)),
    "rds-minor-upgrades": one(INSTANCE, GOOD, *given("autoMinorVersionUpgrade", False, None)),
    "rds-logs": one(INSTANCE, GOOD, *given("enabledCloudwatchLogsExports", None, [], ["postgresql"])),
    "rds-managed-secret": one(
        INSTANCE,
        GOOD,
        *given("manageMasterUserPassword", False, None),
        *given("password", "hunter2", unknown=()),
        *given("passwordWo", "hunter2", unknown=()),
    ),
    "rds-iam-auth": one(INSTANCE, GOOD, *given("iamDatabaseAuthenticationEnabled", False, None)),
    "rds-admin-name": one(INSTANCE, GOOD, *given("username", "postgres", "Admin", "root", None)),
    "rds-insights": one(
        INSTANCE,
        GOOD,
        *given("performanceInsightsEnabled", False, None),
        *given("monitoringInterval", 0, None),
    ),
    "rds-tls": one(
        "aws:rds/parameterGroup:ParameterGroup",
        {"family": "postgres18", "parameters": FORCED},
        *given("parameters", None, [], [{"name": "rds.force_ssl", "value": "0"}], detail="rds.force_ssl"),
    ),
    "no-apply-immediately": one(INSTANCE, GOOD, *given("applyImmediately", True)),
}
