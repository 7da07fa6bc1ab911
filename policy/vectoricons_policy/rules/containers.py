"""Containers: not root, not writable, told no secrets in the clear, ended in peace, heard of in a log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from vectoricons_policy.known import UNKNOWN, Stack
from vectoricons_policy.properties import among, expect
from vectoricons_policy.registry import Finding, Findings, Scope, rule
from vectoricons_policy.task_definitions import (
    DEFINITIONS,
    TASK_DEFINITION,
    Container,
    containers,
    raw_definitions,
)

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

_SECRET_NAME = re.compile(r"(PASSWORD|SECRET|TOKEN|KEY|DSN)$", re.IGNORECASE)
# What well-known issuers' credentials, private keys and URLs with a password in them look like.
_SECRET_VALUE = re.compile(
    r"(AKIA|ASIA)[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|[sr]k_live_|xox[abprs]-|gh[pousr]_[A-Za-z0-9]{36}"
    r"|hooks\.slack\.com/services/|://[^/\s:@]*:[^/\s@]+@"
)
_FIXED_IMAGE = re.compile(r"@sha256:[0-9a-f]{64}$|:git-[0-9a-f]{7,40}$")
# What AWS adds to a definition that leaves it out.
_ADDED = ("environment", "essential", "mountPoints", "portMappings", "systemControls", "volumesFrom")
_NAMED = ("environment", "secrets")


@rule(
    "ecs-nonroot",
    severity="high",
    framework="hub:ECS.20",
    why="Who breaks out of a process of root is root.",
    fix="Give each container a user that is not root, such as 10001:10001.",
    scope=Scope.RESOURCE,
)
def containers_are_not_root(stack: Stack) -> Findings:
    """Every container."""
    for urn, container in containers(stack):
        if container.user.split(":")[0] in ("", "0", "root"):
            yield Finding(urn, f"user::{container.name}", f"{container.name} runs as root.")


@rule(
    "ecs-readonly-root",
    severity="medium",
    framework="hub:ECS.5",
    why="What cannot be written cannot be replaced by what an attacker brings.",
    fix="Set readonlyRootFilesystem to true, and mount a volume where it must write.",
    scope=Scope.RESOURCE,
)
def containers_cannot_write_their_root(stack: Stack) -> Findings:
    """Every container."""
    yield from _each(
        stack,
        "readonlyRootFilesystem",
        lambda each: each.readonly_root_filesystem,
        "can rewrite its own files",
    )


@rule(
    "ecs-unprivileged",
    severity="high",
    framework="hub:ECS.3, hub:ECS.4, hub:ECS.17",
    why="A container with the host's power is the host.",
    fix="Leave out privileged, added capabilities, pidMode and ipcMode; set networkMode to awsvpc.",
    scope=Scope.RESOURCE,
)
def containers_have_no_power(stack: Stack) -> Findings:
    """Every task definition and container."""
    for path, allowed in ("networkMode", ["awsvpc"]), ("pidMode", [None, ""]), ("ipcMode", [None, ""]):
        message = f"{path} shares what is not its own."
        yield from expect(stack, TASK_DEFINITION, path, among(*allowed), message)
    yield from _each(stack, "privileged", lambda each: not each.privileged, "is privileged")
    yield from _each(
        stack,
        "capabilities",
        lambda each: not each.linux_parameters.capabilities.add,
        "is given capabilities",
    )


@rule(
    "ecs-init",
    severity="medium",
    framework="",
    why="SIGTERM is the only warning before a task ends; without an init process or time to heed it, work is "
    "lost.",
    fix="Set linuxParameters.initProcessEnabled to true and stopTimeout to 30 to 120 seconds.",
    scope=Scope.RESOURCE,
)
def containers_end_in_peace(stack: Stack) -> Findings:
    """Every container."""
    yield from _each(
        stack,
        "initProcessEnabled",
        lambda each: each.linux_parameters.init_process_enabled,
        "has no init process, so its children outlive the signal",
    )
    yield from _each(
        stack,
        "stopTimeout",
        lambda each: 30 <= (each.stop_timeout or 0) <= 120,
        "is not given 30 to 120 seconds to stop",
    )


@rule(
    "ecs-no-plain-secrets",
    severity="critical",
    framework="hub:ECS.8, nag:ECS2",
    why="The environment stands in the task definition, which many may read and which is kept for ever.",
    fix="Give it by secrets[].valueFrom, the ARN of a secret.",
    scope=Scope.RESOURCE,
)
def environments_hold_no_secrets(stack: Stack) -> Findings:
    """Every variable, by its name and by what its value looks like."""
    for urn, container in containers(stack):
        for variable in container.environment:
            if _SECRET_NAME.search(variable.name) or _SECRET_VALUE.search(variable.value):
                detail = f"environment::{container.name}::{variable.name}"
                yield Finding(urn, detail, f"{variable.name} of {container.name} looks like a secret.")


@rule(
    "ecs-logs",
    severity="medium",
    framework="hub:ECS.9, nag:ECS7",
    why="A log in a group that nobody declared is kept for ever, or not at all; a full pipe stops the "
    "program.",
    fix="Use awslogs to a declared LogGroup, mode non-blocking, without awslogs-create-group.",
)
def containers_log_to_declared_groups(stack: Stack) -> Findings:
    """Every container."""
    groups = {group.get("name") for group in stack.of(LOG_GROUP)}
    for urn, container in containers(stack):
        log = container.log_configuration
        options = log.options if log else {}
        group = options.get("awslogs-group")
        for detail, wrong, words in (
            ("logDriver", log is None or log.log_driver != "awslogs", "does not log by awslogs"),
            ("awslogs-group", group not in groups and UNKNOWN not in groups, f"logs to {group}, undeclared"),
            ("awslogs-create-group", "awslogs-create-group" in options, "makes its own log group"),
            ("mode", options.get("mode") != "non-blocking", "stops when its log cannot be written"),
        ):
            if wrong:
                yield Finding(urn, f"{detail}::{container.name}", f"{container.name} {words}.")


@rule(
    "ecs-image-digest",
    severity="high",
    framework="",
    why="A tag that moves makes two tasks of one definition run two programs, and a roll-back run the new "
    "one.",
    fix="Name the image by its digest (@sha256:…), or by an immutable tag :git-<commit>.",
    scope=Scope.RESOURCE,
)
def images_do_not_move(stack: Stack) -> Findings:
    """Every container."""
    for urn, container in containers(stack):
        if not _FIXED_IMAGE.search(container.image):
            message = f"{container.name} runs {container.image}, which can become another image."
            yield Finding(urn, f"image::{container.name}", message)


@rule(
    "ecs-canonical-json",
    severity="low",
    framework="",
    why="A definition that AWS reads back otherwise is a new revision at every update, and hides real "
    "changes.",
    fix="Sort containers, environment and secrets by name, leave out what is empty, and write "
    f"{', '.join(_ADDED)}, which AWS adds.",
    scope=Scope.RESOURCE,
)
def definitions_are_as_aws_reads_them(stack: Stack) -> Findings:
    """Every task definition."""
    for definition in stack.known(TASK_DEFINITION, DEFINITIONS):
        found = raw_definitions(definition[DEFINITIONS])
        if found is None:
            yield Finding(definition.urn, "Malformed", "Its containerDefinitions cannot be read.")
        elif _names(found) != sorted(_names(found)):
            yield Finding(definition.urn, "order", "Its containers are not in the order of their names.")
        for each in found or ():
            for detail, message in _differences(each):
                yield Finding(definition.urn, f"{detail}::{each['name']}", f"{each['name']}: {message}")


def _differences(definition: dict[str, Any]) -> list[tuple[str, str]]:
    missing = [(name, f"{name} is left out.") for name in _ADDED if name not in definition]
    empty = [
        (name, f"{name} is empty.")
        for name, value in definition.items()
        if name not in _ADDED and value in (None, "", [], {})
    ]
    unsorted = [
        (name, f"{name} is not in the order of names.")
        for name in _NAMED
        if _names(definition.get(name, [])) != sorted(_names(definition.get(name, [])))
    ]
    return missing + empty + unsorted


def _names(named: list[dict[str, Any]]) -> list[str]:
    return [str(each.get("name")) for each in named]


def _each(stack: Stack, detail: str, holds: Callable[[Container], bool], words: str) -> Findings:
    for urn, container in containers(stack):
        if not holds(container):
            yield Finding(urn, f"{detail}::{container.name}", f"{container.name} {words}.")
