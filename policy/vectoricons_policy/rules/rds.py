"""Databases: encrypted, private, backed up, and told of in a log."""

from __future__ import annotations

from vectoricons_policy.known import UNKNOWN, Stack
from vectoricons_policy.properties import at_least, containing, expect, given, is_given, is_not_true, is_true
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule

INSTANCE = "aws:rds/instance:Instance"
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
# A replica has its source's administrator.
_SOURCE = "replicateSourceDb"


@rule(
    "rds-encrypted",
    severity="high",
    framework="hub:RDS.3, nag:RDS2",
    why="An unencrypted disk is readable to whoever gets it or a snapshot of it, and cannot be encrypted "
    "later.",
    fix="Set storageEncrypted to true.",
    scope=Scope.RESOURCE,
)
def databases_are_encrypted(stack: Stack) -> Findings:
    """Every instance."""
    yield from expect(stack, INSTANCE, "storageEncrypted", is_true, "Its storage is not encrypted.")


@rule(
    "rds-private",
    severity="critical",
    framework="hub:RDS.2",
    why="A database with a public address is one password away from everybody.",
    fix="Leave publiclyAccessible out, or set it to false.",
    scope=Scope.RESOURCE,
)
def databases_have_no_public_address(stack: Stack) -> Findings:
    """Every instance."""
    yield from expect(stack, INSTANCE, "publiclyAccessible", is_not_true, "It has a public address.")


@rule(
    "rds-multi-az",
    severity="medium",
    framework="hub:RDS.5, nag:RDS3",
    why="A database in one zone is gone for as long as the zone is, and for every upgrade of it.",
    fix="Set multiAz to true.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def databases_survive_a_zone(stack: Stack) -> Findings:
    """Every instance but replicas, which are themselves a second copy."""
    yield from expect(stack, INSTANCE, "multiAz", is_true, "It stands in one zone.", unless=_SOURCE)


@rule(
    "rds-deletion-protection",
    severity="high",
    framework="hub:RDS.8, nag:RDS10",
    why="One wrong line in a program, or one click, deletes a database with all that was in it.",
    fix="Set deletionProtection to true, skipFinalSnapshot to false and finalSnapshotIdentifier to a name.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def databases_are_hard_to_delete(stack: Stack) -> Findings:
    """Every instance; a replica needs no last snapshot."""
    yield from expect(stack, INSTANCE, "deletionProtection", is_true, "It can be deleted.")
    yield from expect(
        stack, INSTANCE, "skipFinalSnapshot", is_not_true, "Its end leaves no snapshot.", unless=_SOURCE
    )
    yield from expect(
        stack,
        INSTANCE,
        "finalSnapshotIdentifier",
        is_given,
        "Its last snapshot has no name, so it cannot be deleted even on purpose.",
        unless=_SOURCE,
    )


@rule(
    "rds-backups",
    severity="high",
    framework="hub:RDS.11, hub:RDS.17, nag:RDS13",
    why="A mistake is often found days later; then the backups from before it are all there is.",
    fix="Set backupRetentionPeriod to 7 or more, and copyTagsToSnapshot to true.",
    scope=Scope.RESOURCE,
)
def databases_are_backed_up(stack: Stack) -> Findings:
    """Every instance; replicas are backed up at their source."""
    yield from expect(
        stack,
        INSTANCE,
        "backupRetentionPeriod",
        at_least(7),
        "Its backups are kept less than 7 days.",
        unless=_SOURCE,
    )
    yield from expect(
        stack, INSTANCE, "copyTagsToSnapshot", is_true, "Its snapshots do not say whose they are."
    )


@rule(
    "rds-backups-kept",
    severity="medium",
    framework="hub:RDS.11",
    why="In production a week is over before somebody returns from leave and finds what is missing.",
    fix="Set backupRetentionPeriod to 14 or more.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def backups_are_kept_two_weeks(stack: Stack) -> Findings:
    """Every instance but replicas."""
    yield from expect(
        stack,
        INSTANCE,
        "backupRetentionPeriod",
        at_least(14),
        "Its backups are kept less than 14 days.",
        unless=_SOURCE,
    )


@rule(
    "rds-minor-upgrades",
    severity="medium",
    framework="hub:RDS.13",
    why="Minor versions are security fixes; nobody remembers to apply them.",
    fix="Set autoMinorVersionUpgrade to true.",
    scope=Scope.RESOURCE,
)
def databases_take_fixes(stack: Stack) -> Findings:
    """Every instance."""
    yield from expect(
        stack, INSTANCE, "autoMinorVersionUpgrade", is_true, "It does not say that it takes minor versions."
    )


@rule(
    "rds-logs",
    severity="medium",
    framework="hub:RDS.9, hub:RDS.36",
    why="What a database said before it failed is lost with its disk unless it was sent away.",
    fix='Set enabledCloudwatchLogsExports to ["postgresql", "upgrade"].',
    scope=Scope.RESOURCE,
)
def databases_send_their_logs_away(stack: Stack) -> Findings:
    """Every instance of PostgreSQL."""
    for instance in stack.known(INSTANCE, "engine", "enabledCloudwatchLogsExports"):
        exports = instance["enabledCloudwatchLogsExports"]
        if instance["engine"] in ("postgres", None) and not containing("postgresql", "upgrade")(exports):
            yield Finding(
                instance.urn,
                "enabledCloudwatchLogsExports",
                "It does not send the logs postgresql and upgrade to CloudWatch.",
            )


@rule(
    "rds-managed-secret",
    severity="critical",
    framework="",
    why="A password in a program is in its repository and its state, and is never changed.",
    fix="Set manageMasterUserPassword to true and no password: RDS makes it, keeps it and rotates it.",
    scope=Scope.RESOURCE,
)
def passwords_are_kept_by_rds(stack: Stack) -> Findings:
    """Every instance but replicas."""
    yield from expect(
        stack,
        INSTANCE,
        "manageMasterUserPassword",
        is_true,
        "Its master password is not made and kept by RDS.",
        unless=_SOURCE,
    )
    for instance in stack.of(INSTANCE):
        for name in ("password", "passwordWo"):
            if given(instance.properties, name):
                yield Finding(instance.urn, name, "Its master password is given by the program.")


@rule(
    "rds-iam-auth",
    severity="low",
    framework="hub:RDS.10",
    why="A person with a role and a token leaves a trace and no password behind.",
    fix="Set iamDatabaseAuthenticationEnabled to true.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def databases_take_roles(stack: Stack) -> Findings:
    """Every instance."""
    yield from expect(
        stack, INSTANCE, "iamDatabaseAuthenticationEnabled", is_true, "It knows no users by IAM."
    )


@rule(
    "rds-admin-name",
    severity="low",
    framework="hub:RDS.25",
    why="An administrator with the default name is the first that is tried.",
    fix="Give another username than postgres, admin or root.",
    scope=Scope.RESOURCE,
)
def administrators_have_names_of_their_own(stack: Stack) -> Findings:
    """Every instance but replicas."""
    for instance in stack.of(INSTANCE):
        name = instance.get("username")
        if name is UNKNOWN:
            stack.unread.add(instance.urn)
        elif not instance.get(_SOURCE) and str(name or "").lower() in ("", "postgres", "admin", "root"):
            yield Finding(instance.urn, "username", f"Its administrator is called {name or 'by default'}.")


@rule(
    "rds-insights",
    severity="low",
    framework="hub:RDS.6",
    why="Which statement made it slow is known only to what watched while it was slow.",
    fix="Set performanceInsightsEnabled to true and monitoringInterval to 60 or less, but not 0.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def databases_are_watched(stack: Stack) -> Findings:
    """Every instance."""
    yield from expect(
        stack, INSTANCE, "performanceInsightsEnabled", is_true, "Performance Insights is not on."
    )
    yield from expect(stack, INSTANCE, "monitoringInterval", at_least(1), "Enhanced Monitoring is not on.")


@rule(
    "rds-tls",
    severity="high",
    framework="hub:RDS.38",
    why="A client that does not ask for TLS sends its password and its rows in the clear.",
    fix='Give the parameter group {"name": "rds.force_ssl", "value": "1"}.',
    scope=Scope.RESOURCE,
)
def databases_refuse_plain_connections(stack: Stack) -> Findings:
    """Every parameter group for PostgreSQL."""
    for group in stack.known(PARAMETER_GROUP, "family", "parameters"):
        given_parameters = group["parameters"]
        forced = isinstance(given_parameters, list) and any(
            each.get("name") == "rds.force_ssl" and str(each.get("value")) == "1" for each in given_parameters
        )
        if str(group["family"]).startswith("postgres") and not forced:
            yield Finding(group.urn, "rds.force_ssl", "It does not set rds.force_ssl to 1.")


@rule(
    "no-apply-immediately",
    severity="medium",
    framework="",
    why="A change that restarts the database at noon could have waited for its window.",
    fix="Leave applyImmediately out; apply by hand what cannot wait.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def changes_wait_for_their_window(stack: Stack) -> Findings:
    """Every database and cache."""
    for type_ in (INSTANCE, "aws:elasticache/replicationGroup:ReplicationGroup"):
        yield from expect(
            stack, type_, "applyImmediately", is_not_true, "A change of it does not wait for its window."
        )
