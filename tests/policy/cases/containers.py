"""Containers of task definitions."""

from __future__ import annotations

import json
from typing import Any

from tests.policy.keeping import Break, Case, given
from tests.policy.stacks import Declared

DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
CONTAINER: dict[str, Any] = {
    "name": "api",
    "image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/icons@sha256:{'0' * 64}",
    "user": "10001:10001",
    "essential": True,
    "readonlyRootFilesystem": True,
    "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True},
    "stopTimeout": 120,
    "environment": [
        {"name": "PORT", "value": "8000"},
        {"name": "SITE_URL", "value": "https://icons.example"},
    ],
    "secrets": [
        {"name": "SESSION_KEY", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s"}
    ],
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "subject-log", "awslogs-region": "us-east-1", "mode": "non-blocking"},
    },
    "mountPoints": [],
    "portMappings": [],
    "systemControls": [],
    "volumesFrom": [],
}
FIRST = {**CONTAINER, "name": "a-migration", "essential": False}
SUBJECT = Declared(
    DEFINITION, "subject", {"networkMode": "awsvpc", "containerDefinitions": json.dumps([FIRST, CONTAINER])}
)
LOG = Declared("aws:cloudwatch/logGroup:LogGroup", "subject-log", {"name": "subject-log"})


def with_container(detail: str, **changes: Any) -> Break:
    """The container api with *changes*; None takes something away."""
    changed = {name: value for name, value in {**CONTAINER, **changes}.items() if value is not None}
    return defined(f"{detail}::api", [FIRST, changed])


def defined(detail: str, definitions: object) -> Break:
    """Other definitions altogether."""
    return Break(detail, {("subject", "containerDefinitions"): json.dumps(definitions)})


def logging(**options: str | None) -> dict[str, Any]:
    """The log configuration with other *options*, underscores for hyphens."""
    given_options = {name.replace("_", "-"): value for name, value in options.items()}
    merged = {**CONTAINER["logConfiguration"]["options"], **given_options}
    return {"logDriver": "awslogs", "options": {name: value for name, value in merged.items() if value}}


def secret(name: str, value: str) -> Break:
    """One more variable, which looks like a secret."""
    environment = [*CONTAINER["environment"], {"name": name, "value": value}]
    return defined(f"environment::api::{name}", [FIRST, {**CONTAINER, "environment": environment}])


CASES: dict[str, Case] = {
    "ecs-nonroot": Case(
        [SUBJECT],
        [with_container("user", user=user) for user in (None, "", "0", "root", "0:0", "root:10001")],
    ),
    "ecs-readonly-root": Case(
        [SUBJECT],
        [with_container("readonlyRootFilesystem", readonlyRootFilesystem=value) for value in (None, False)],
    ),
    "ecs-unprivileged": Case(
        [SUBJECT],
        [
            *given("networkMode", "host", "bridge", None),
            *given("pidMode", "host", "task"),
            *given("ipcMode", "host"),
            with_container("privileged", privileged=True),
            with_container("capabilities", linuxParameters={"capabilities": {"add": ["SYS_PTRACE"]}}),
        ],
    ),
    "ecs-init": Case(
        [SUBJECT],
        [
            with_container("initProcessEnabled", linuxParameters=None),
            with_container("initProcessEnabled", linuxParameters={"initProcessEnabled": False}),
            *(with_container("stopTimeout", stopTimeout=seconds) for seconds in (None, 2, 29, 121)),
        ],
    ),
    "ecs-no-plain-secrets": Case(
        [SUBJECT],
        [
            secret("DATABASE_PASSWORD", "x"),
            secret("STRIPE_KEY", "x"),
            secret("api_token", "x"),
            secret("SENTRY_DSN", "x"),
            secret("DATABASE_URL", "postgres://icons:hunter2@db/icons"),
            secret("WEBHOOK", "https://hooks.slack.com/services/T0/B0/x"),
            secret("CLOUD", "AKIAIOSFODNN7EXAMPLE"),
            secret("PEM", "-----BEGIN RSA PRIVATE KEY-----"),
            secret("STRIPE", "sk_live_" + "x" * 24),
        ],
    ),
    "ecs-logs": Case(
        [SUBJECT, LOG],
        [
            with_container("logDriver", logConfiguration={**logging(), "logDriver": "splunk"}),
            with_container("awslogs-group", logConfiguration=logging(awslogs_group="undeclared")),
            with_container("awslogs-create-group", logConfiguration=logging(awslogs_create_group="true")),
            with_container("mode", logConfiguration=logging(mode="blocking")),
            with_container("mode", logConfiguration=logging(mode=None)),
        ],
    ),
    "ecs-image-digest": Case(
        [SUBJECT],
        [
            with_container("image", image=image)
            for image in ("icons", "icons:latest", "icons:1.2", "icons:git-x", "icons@sha256:12")
        ],
    ),
    "ecs-canonical-json": Case(
        [SUBJECT],
        [
            defined("order", [CONTAINER, FIRST]),
            defined("Malformed", {}),
            defined("Malformed", [{"image": "icons"}]),
            with_container("essential", essential=None),
            with_container("volumesFrom", volumesFrom=None),
            with_container("dependsOn", dependsOn=[]),
            with_container("user", user=""),
            with_container("environment", environment=CONTAINER["environment"][::-1]),
        ],
    ),
}
