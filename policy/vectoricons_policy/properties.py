"""Expectations of single properties: what most rules about one resource are made of."""

from __future__ import annotations

from collections.abc import Callable

from vectoricons_policy.known import UNKNOWN, Stack, at
from vectoricons_policy.registry import Finding, Findings

Holds = Callable[[object], bool]


def expect(
    stack: Stack, type_: str, path: str, holds: Holds, message: str, *, unless: str | None = None
) -> Findings:
    """A finding for each resource of *type_* whose known property at *path* does not hold.

    *unless*: a property that excuses those that have it.
    """
    for resource in stack.of(type_):
        value = resource.get(path)
        if unless is not None and resource.get(unless) not in (None, False):
            continue
        if value is UNKNOWN:
            stack.unread.add(resource.urn)
        elif not holds(value):
            yield Finding(resource.urn, path, message)


def elements(value: object, path: str) -> list[object]:
    """The elements of the list that *value* holds at *path*; each may have unknown parts."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def given(value: object, path: str) -> bool:
    """Whether *value* says anything at *path*, known yet or not."""
    return at(value, path) not in (None, "", [], {})


def is_true(value: object) -> bool:
    """Given as true."""
    return value is True


def is_not_true(value: object) -> bool:
    """False, or left to a default that is false."""
    return value is not True


def is_given(value: object) -> bool:
    """Given at all, and not as something empty."""
    return value not in (None, "", [], {})


def at_least(least: float) -> Holds:
    """A number that is not below *least*."""
    return lambda value: number(value) is not None and (number(value) or 0) >= least


def among(*allowed: object) -> Holds:
    """One of *allowed*; None among them stands for not given."""
    return lambda value: value in allowed


def containing(*parts: object) -> Holds:
    """A list with all of *parts* in it."""
    return lambda value: isinstance(value, list) and set(parts) <= set(value)


def number(value: object) -> float | None:
    """*value* as the number that it is or spells."""
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except ValueError:
        return None
