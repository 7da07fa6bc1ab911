"""Between Pulumi's names and AWS's: camelCase properties, PascalCase members, lists of tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from local.provider.values import Plain

Renames = Mapping[str, str]


def to_aws(value: Plain, renames: Renames | None = None) -> Plain:
    """*value* with AWS's PascalCase member names; *renames* has those that do not follow the rule."""
    if isinstance(value, Mapping):
        odd = renames or {}
        return {odd.get(key, key[:1].upper() + key[1:]): to_aws(item, renames) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_aws(item, renames) for item in value]
    return value


def from_aws(value: Plain, renames: Renames | None = None) -> Plain:
    """The way back of `to_aws`."""
    if isinstance(value, Mapping):
        odd = {theirs: ours for ours, theirs in (renames or {}).items()}
        return {
            odd.get(key, key[:1].lower() + key[1:]): from_aws(item, renames) for key, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [from_aws(item, renames) for item in value]
    return value


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def retag(
    old: Mapping[str, str],
    new: Mapping[str, str],
    *,
    put: Callable[[Mapping[str, str]], object],
    take: Callable[[list[str]], object],
) -> None:
    """Change the tags of what exists from *old* to *new*; AWS takes no empty list of either."""
    if new and new != old:
        put(new)
    dropped = sorted(set(old) - set(new))
    if dropped:
        take(dropped)
