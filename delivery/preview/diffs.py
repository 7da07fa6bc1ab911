"""What differs between two values, down into JSON documents: only the keys that change, no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value it will know only after the update."""
SECRET_MARK = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the engine's mark of a secret
_SECRET_NAMES = re.compile(r"(?i)(password|secret_?string|secret_?value|token|private_?key|webhook)")
# What tells the members of a list apart, where AWS gives them a name.
_NAMES = ("name", "Name", "key", "Sid", "id", "containerName", "sourceVolume", "originId", "pathPattern")
_VALUES = ("value", "valueFrom")
LONGEST_VALUE = 240
LONGEST_BESIDE_UNKNOWN = 60
"""Of a value whose successor is not known yet there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes: where, from what, to what; None on a side where it is not."""

    path: str
    before: str | None
    after: str | None

    def lines(self) -> Iterator[str]:
        """It as lines of a diff."""
        if self.before is not None:
            yield f"- {self.path}: {self.before}"
        if self.after is not None:
            yield f"+ {self.path}: {self.after}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every leaf that differs between the inputs of a resource, in the order of its path."""
    return list(_between("", _guarded("", before), _guarded("", after)))


def _between(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _between(_joined(path, key), before.get(key, _ABSENT), after.get(key, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _between_lists(path, before, after)
    else:
        shown = _shown(before)
        if after == UNKNOWN and shown and len(shown) > LONGEST_BESIDE_UNKNOWN:
            shown = f"{shown[:LONGEST_BESIDE_UNKNOWN]}…"
        yield Difference(path, shown, _shown(after))


def _between_lists(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    old, new = _by_name(before), _by_name(after)
    if old is not None and new is not None:
        for name in sorted({*old, *new}):
            yield from _between(f"{path}[{name}]", old.get(name, _ABSENT), new.get(name, _ABSENT))
        return
    gone = [each for each in before if each not in after]
    come = [each for each in after if each not in before]
    if len(gone) == len(come) and all(isinstance(each, dict) for each in (*gone, *come)):
        for each in gone:
            nearest = min(come, key=lambda other, each=each: len(list(_between("", each, other))))  # type: ignore[misc]
            come.remove(nearest)
            yield from _between(f"{path}[{_about(nearest) or after.index(nearest)}]", each, nearest)
        return
    for each in gone:
        yield Difference(f"{path}[]", _shown(each), None)
    for each in come:
        yield Difference(f"{path}[]", None, _shown(each))
    if not gone and not come:
        yield Difference(path, _shown(before), _shown(after))


def _by_name(members: Sequence[Any]) -> dict[str, Any] | None:
    """The members by what tells them apart; None when nothing does. A pair of name and value is its value."""
    found: dict[str, Any] = {}
    for member in members:
        if not isinstance(member, dict):
            return None
        key = next((key for key in _NAMES if isinstance(member.get(key), str)), "")
        name = member[key] if key else _about(member)
        if not name or name in found:
            return None
        rest = {each: value for each, value in member.items() if each != key}
        alone = next(iter(rest.values())) if len(rest) == 1 and next(iter(rest)) in _VALUES else None
        found[name] = rest if alone is None else alone
    return found


def _about(statement: Mapping[str, Any]) -> str:
    """What a policy statement without an id is about; empty for what is none."""
    actions = statement.get("Action")
    if not actions:
        return ""
    first = actions if isinstance(actions, str) else actions[0]
    return f"{statement.get('Effect', 'Allow')} {first}"


def _read(value: Any) -> Any:
    """A JSON document in a string, read; any other value as it is."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class _Absent:
    """Not there at all, which is not the same as null."""


_ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class _Secret:
    """A value that is compared and never shown."""

    hidden: str


def _guarded(name: str, value: Any) -> Any:
    """*value*, which is called *name*, with its secrets hidden; JSON in strings is read, and guarded too."""
    value = _read(value)
    if _is_secret(name, value):
        return _Secret(json.dumps(value))
    if isinstance(value, list):
        return [_guarded(name, each) for each in value]
    if not isinstance(value, dict):
        return value
    called = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), "")
    return {key: _guarded(called if key == "value" else key, each) for key, each in value.items()}


def _is_secret(name: str, value: Any) -> bool:
    """Whether the engine marks it, or its name says so; the ARN a secret is read from is none."""
    if isinstance(value, str):
        return value == "[secret]" or bool(_SECRET_NAMES.search(name))
    return isinstance(value, dict) and SECRET_MARK in value


def _shown(value: Any) -> str | None:
    if isinstance(value, _Absent):
        return None
    if isinstance(value, _Secret):
        return "[secret]"
    if value == UNKNOWN:
        return "(known after the update)"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=lambda _: "[secret]")
    # A fence within a value would end the block that it stands in.
    text = text.replace(UNKNOWN, "…").replace("```", "'''")
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
