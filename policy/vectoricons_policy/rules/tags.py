"""Whose a resource is, and what it is for."""

from __future__ import annotations

from pydantic import Field

from vectoricons_policy.known import UNKNOWN, Stack
from vectoricons_policy.registry import Finding, Findings, Scope, rule
from vectoricons_policy.settings import Settings, read
from vectoricons_policy.tables import taggable_types


class Tags(Settings):
    """Which tags everything has that can have tags."""

    tags: list[str] = Field(
        ["project", "env", "component", "owner"], description="The tags that must be there."
    )


@rule(
    "required-tags",
    severity="low",
    framework="",
    why="What says nobody's name is nobody's to pay for, to patch or to delete.",
    fix="Give it the tags of the pack's configuration.",
    scope=Scope.RESOURCE,
    settings=Tags,
)
def resources_say_whose_they_are(stack: Stack) -> Findings:
    """Every type that can be tagged."""
    wanted = read(Tags, "required-tags", stack.config).tags
    for resource in stack:
        if resource.type not in taggable_types():
            continue
        tags = resource.properties.get("tags")
        for name in wanted if tags is not UNKNOWN else ():
            if not (isinstance(tags, dict) and tags.get(name)):
                yield Finding(resource.urn, f"tags::{name}", f"It has no tag {name}.")
