"""Repositories of images, and keys and secrets, which hold what must not move or stay either."""

from __future__ import annotations

from tests.policy.keeping import Break, Case, given, one
from tests.policy.stacks import Declared

REPOSITORY = "aws:ecr/repository:Repository"
SUBJECT = Declared(REPOSITORY, "subject", {"name": "subject"})
POLICY = Declared(
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "subject-policy",
    {"repository": "subject", "policy": "{}"},
    depends={"repository": SUBJECT},
)
SECRET = Declared(
    "aws:secretsmanager/secret:Secret", "subject", {"name": "subject", "recoveryWindowInDays": 7}
)
ROTATION = Declared(
    "aws:secretsmanager/secretRotation:SecretRotation",
    "subject-rotation",
    {"secretId": "subject"},
    depends={"secretId": SECRET},
)
KEY = "aws:kms/key:Key"

CASES: dict[str, Case] = {
    "ecr-immutable": one(
        REPOSITORY,
        {"imageTagMutability": "IMMUTABLE"},
        *given("imageTagMutability", "MUTABLE", "IMMUTABLE_WITH_EXCLUSION", None),
    ),
    "ecr-scan": one(
        REPOSITORY,
        {"imageScanningConfiguration": {"scanOnPush": True}},
        *given("imageScanningConfiguration.scanOnPush", False, None),
    ),
    "ecr-lifecycle": Case(
        [SUBJECT, POLICY], [Break("LifecyclePolicy", {("subject-policy", "repository"): "another"})]
    ),
    "secret-cmk-window": Case(
        [SECRET, ROTATION],
        [
            *given("recoveryWindowInDays", 0, 6),
            Break("SecretRotation", {("subject-rotation", "secretId"): "another"}),
        ],
    ),
    "kms-rotation": one(KEY, {"enableKeyRotation": True}, *given("enableKeyRotation", False, None)),
}
