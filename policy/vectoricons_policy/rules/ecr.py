"""Images: what a tag means does not change, what is broken is found, what is old is forgotten."""

from __future__ import annotations

from vectoricons_policy.attachments import settings_of
from vectoricons_policy.known import Stack
from vectoricons_policy.properties import among, expect, is_true
from vectoricons_policy.registry import Finding, Findings, Scope, rule

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE_POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"


@rule(
    "ecr-immutable",
    severity="medium",
    framework="hub:ECR.2",
    why="Whoever can push over a tag can change what runs, and nothing shows it.",
    fix="Set imageTagMutability to IMMUTABLE.",
    scope=Scope.RESOURCE,
)
def tags_do_not_move(stack: Stack) -> Findings:
    """Every repository."""
    yield from expect(stack, REPOSITORY, "imageTagMutability", among("IMMUTABLE"), "Its tags can be moved.")


@rule(
    "ecr-scan",
    severity="medium",
    framework="hub:ECR.1",
    why="A hole that is published today is in the image that was built last month.",
    fix="Set imageScanningConfiguration.scanOnPush to true.",
    scope=Scope.RESOURCE,
)
def images_are_scanned(stack: Stack) -> Findings:
    """Every repository."""
    path = "imageScanningConfiguration.scanOnPush"
    yield from expect(stack, REPOSITORY, path, is_true, "What is pushed is not scanned.")


@rule(
    "ecr-lifecycle",
    severity="low",
    framework="hub:ECR.3",
    why="Every image that was ever pushed is paid for until somebody deletes it.",
    fix="Declare a LifecyclePolicy that expires untagged images and all but the last of the others.",
)
def repositories_forget_old_images(stack: Stack) -> Findings:
    """Every repository."""
    for repository, policy in settings_of(stack, LIFECYCLE_POLICY):
        if policy is None:
            yield Finding(repository.urn, "LifecyclePolicy", "It keeps every image for ever.")
