"""What a change of inputs means for a resource: nothing, an update, or a replacement."""

from __future__ import annotations

import re

from pulumi.provider.experimental.provider import DiffResponse, PropertyDiff, PropertyDiffKind

from local.provider.facts import NAMES, REPLACES
from local.provider.schema import ResourceType
from local.provider.values import Change, Properties, changes, is_absent, plain, same

INDEX = re.compile(r"\[[^\]]*\]")
KINDS = {
    (True, False): PropertyDiffKind.ADD,
    (True, True): PropertyDiffKind.ADD_REPLACE,
    (False, False): PropertyDiffKind.UPDATE,
    (False, True): PropertyDiffKind.UPDATE_REPLACE,
}


def difference(resource: ResourceType, old: Properties, new: Properties) -> DiffResponse:
    """Compare the inputs a resource was made with to those it shall have."""
    found = list(changes(old, new))
    detailed = {c.path: PropertyDiff(_kind(resource, c), input_diff=True) for c in found}
    replaces = [c.path for c in found if _replaces(resource, c)]
    return DiffResponse(
        changes=bool(found),
        replaces=replaces,
        diffs=sorted({_top(c.path) for c in found}),
        detailed_diff=detailed,
        delete_before_replace=bool(replaces) and _must_go_first(resource, old, new),
    )


def _kind(resource: ResourceType, change: Change) -> PropertyDiffKind:
    replace = _replaces(resource, change)
    if change.new is None:
        return PropertyDiffKind.DELETE_REPLACE if replace else PropertyDiffKind.DELETE
    return KINDS[change.old is None, replace]


def _replaces(resource: ResourceType, change: Change) -> bool:
    """Whether the changed property, or an object it lies in, cannot be changed in place."""
    parts = INDEX.sub("", change.path).split(".")
    prefixes = {".".join(parts[: end + 1]) for end in range(len(parts))}
    return not prefixes.isdisjoint(REPLACES.properties(resource.token))


def _must_go_first(resource: ResourceType, old: Properties, new: Properties) -> bool:
    """Two resources cannot bear one name at a time: where it stays, the old one is deleted first."""
    if REPLACES.delete_first(resource.token):
        return True
    name = NAMES.property_of(resource)
    if name is None or is_absent(new.get(name)) or is_absent(old.get(name)):
        return False
    return same(plain(old[name]), plain(new[name]))


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]
