"""Property values as the engine sends them, and as plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime import rpc

Properties = dict[str, PropertyValue]
Plain = Any  # JSON: None, bool, int, float, str, list or dict of the same

UNKNOWN = PropertyValue(rpc.UNKNOWN)  # the SDK marshals no Computed: on the wire an unknown is this string
NULL = PropertyValue.null()


@dataclass(frozen=True, slots=True)
class Change:
    """One place where two property maps differ: its path, and what stood and stands there (None: nothing)."""

    path: str
    old: PropertyValue | None
    new: PropertyValue | None


def is_unknown(value: PropertyValue) -> bool:
    """Whether *value* itself is not known yet (its parts may be unknown all the same)."""
    return value.value == rpc.UNKNOWN or isinstance(value.value, Computed)


def is_absent(value: PropertyValue | None) -> bool:
    """Whether nothing was said: no value, or null."""
    return value is None or value.value is None


def internal(name: str) -> bool:
    """Whether a property is the engine's or the SDK's own, such as `__defaults`."""
    return name.startswith("__")


def plain(value: PropertyValue) -> Plain:
    """*value* without secret marks, dependencies and members that say nothing; whole numbers as int."""
    inner = value.value
    if isinstance(inner, Mapping):
        return plain_map(inner)
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return [plain(item) for item in inner]
    if isinstance(inner, float) and inner.is_integer():
        return int(inner)
    return inner


def plain_map(values: Mapping[str, PropertyValue]) -> dict[str, Plain]:
    """The declared properties as plain Python: neither the engine's own nor those that say nothing."""
    return {key: plain(value) for key, value in values.items() if not internal(key) and not is_absent(value)}


def wrap(value: Plain) -> PropertyValue:
    """Plain Python as a property value."""
    if isinstance(value, Mapping):
        return PropertyValue({key: wrap(item) for key, item in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str):
        return PropertyValue([wrap(item) for item in value])
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(value)


def same(old: Plain, new: Plain) -> bool:
    """Whether AWS would see the same value: JSON documents compare by what they say."""
    return bool(old == new) or (_document(old) is not None and _document(old) == _document(new))


def holds(found: Plain, declared: Plain) -> bool:
    """Whether what AWS holds is what was declared; AWS may say more of it, and lists words in any order."""
    if isinstance(declared, Mapping) and isinstance(found, Mapping):
        return all(value is None or holds(found.get(key), value) for key, value in declared.items())
    if isinstance(declared, list) and isinstance(found, list):
        if all(isinstance(word, str) for word in [*found, *declared]):
            return sorted(found) == sorted(declared)
        return len(found) == len(declared) and all(map(holds, found, declared))
    return same(found, declared)


def changes(old: Mapping[str, PropertyValue], new: Mapping[str, PropertyValue]) -> Iterator[Change]:
    """Where two property maps differ, as deep as both sides have the same shape."""
    for key in sorted({*old, *new}):
        if not internal(key):
            yield from _changes(key, old.get(key), new.get(key))


def _changes(path: str, old: PropertyValue | None, new: PropertyValue | None) -> Iterator[Change]:
    before, after = _inner(old), _inner(new)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            yield from _changes(f"{path}{_step(key)}", before.get(key), after.get(key))
    elif isinstance(before, tuple) and isinstance(after, tuple):
        for index in range(max(len(before), len(after))):
            yield from _changes(f"{path}[{index}]", _at(before, index), _at(after, index))
    elif not same(_plain_or_none(old), _plain_or_none(new)):
        yield Change(path, None if is_absent(old) else old, None if is_absent(new) else new)


def _inner(value: PropertyValue | None) -> object:
    return None if value is None else value.value


def _plain_or_none(value: PropertyValue | None) -> Plain:
    return None if value is None else plain(value)


def _at(values: tuple[PropertyValue, ...], index: int) -> PropertyValue | None:
    return values[index] if index < len(values) else None


def _step(key: str) -> str:
    return f".{key}" if key.isidentifier() else f"[{json.dumps(key)}]"


def _document(value: Plain) -> Plain:
    """The object or list that *value* spells as JSON, or None."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None
