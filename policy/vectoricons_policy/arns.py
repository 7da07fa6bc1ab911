"""Whether two ARNs with wildcards in them can be the same one."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\$\{[^}]*\}|\[\^/\]\*|.", re.DOTALL)
_ANY, _ANY_IN_PART, _ONE = "*", "[^/]*", "?"


def overlap(one: str, other: str) -> bool:
    """Whether both match some ARN: `*` and `${variable}` are any text, `[^/]*` any without a slash."""
    parts = zip(_parts(one), _parts(other), strict=False)
    return all(_overlap(_tokens(left), _tokens(right)) for left, right in parts)


def _parts(arn: str) -> list[str]:
    """The parts up to the account, over whose colons no wildcard reaches, and the rest."""
    return arn.split(":", 5)


def _overlap(left: list[str], right: list[str]) -> bool:
    seen: set[tuple[int, int]] = set()
    ahead = [(0, 0)]
    while ahead:
        at = ahead.pop()
        if at == (len(left), len(right)):
            return True
        if at not in seen:
            seen.add(at)
            ahead += _steps(left, right, *at)
    return False


def _tokens(text: str) -> list[str]:
    return [_ANY if len(token) > 1 and token != _ANY_IN_PART else token for token in _TOKEN.findall(text)]


def _steps(left: list[str], right: list[str], i: int, j: int) -> list[tuple[int, int]]:
    """Where two matches that have come to *i* and *j* can go on."""
    first, second = left[i : i + 1], right[j : j + 1]
    steps = []
    if first in ([_ANY], [_ANY_IN_PART]):
        steps += [(i + 1, j)] + [(i, j + 1)] * _takes(first, second)
    if second in ([_ANY], [_ANY_IN_PART]):
        steps += [(i, j + 1)] + [(i + 1, j)] * _takes(second, first)
    if first and second and (first == second or [_ONE] in (first, second)):
        steps.append((i + 1, j + 1))
    return steps


def _takes(wildcard: list[str], token: list[str]) -> bool:
    return bool(token) and not (wildcard == [_ANY_IN_PART] and token == ["/"])
