"""Secrets and keys: changed in time, and not gone at once."""

from __future__ import annotations

from vectoricons_policy.attachments import settings_of
from vectoricons_policy.known import UNKNOWN, Stack
from vectoricons_policy.properties import at_least, expect, is_true
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule

SECRET_ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"  # noqa: S105 - a type
KEY = "aws:kms/key:Key"


@rule(
    "secret-cmk-window",
    severity="medium",
    framework="hub:SecretsManager.1, hub:SecretsManager.4, nag:SMG4",
    why="A secret that is never changed is known to everybody who ever had it; one deleted by mistake is "
    "gone.",
    fix="Set recoveryWindowInDays to 7 or more and declare a SecretRotation; waive the latter, with how it "
    "is "
    "changed by hand, for what its issuer alone can change.",
    level=Level.PRODUCTION,
)
def secrets_change_and_can_be_brought_back(stack: Stack) -> Findings:
    """Every secret."""
    for secret, rotation in settings_of(stack, SECRET_ROTATION):
        days = secret.get("recoveryWindowInDays")
        # AWS's own default is 30.
        if days not in (None, UNKNOWN) and not at_least(7)(days):
            yield Finding(secret.urn, "recoveryWindowInDays", f"It is gone {days} days after its deletion.")
        if rotation is None:
            yield Finding(secret.urn, "SecretRotation", "Nothing ever changes it.")


@rule(
    "kms-rotation",
    severity="medium",
    framework="hub:KMS.4, nag:KMS5",
    why="A key that never changes opens everything that was ever sealed with it.",
    fix="Set enableKeyRotation to true.",
    scope=Scope.RESOURCE,
)
def keys_are_changed(stack: Stack) -> Findings:
    """Every symmetric key; AWS cannot rotate others."""
    for key in stack.known(KEY, "customerMasterKeySpec"):
        if key["customerMasterKeySpec"] in (None, "SYMMETRIC_DEFAULT"):
            yield from expect(
                Stack([key.resource]), KEY, "enableKeyRotation", is_true, "It is never changed."
            )
