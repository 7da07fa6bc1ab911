"""What is wrong with a stack file, in words: file, line, key, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from components.names import PROJECT

Key = tuple[str, ...]


def explain(error: ValidationError, stack: str, values: Mapping[str, Any], known: Sequence[str]) -> str:
    """One sentence per mistake in *values*, which were read; *known* are the keys a typo may have meant."""
    file = Path(f"Pulumi.{stack}.yaml")
    lines = dict(_lines(file)) if file.is_file() else {}
    return "\n".join(_sentence(file.name, lines, detail, values, known) for detail in error.errors())


def _sentence(
    file: str, lines: Mapping[Key, int], detail: ErrorDetails, values: Mapping[str, Any], known: Sequence[str]
) -> str:
    key = _key(detail, values)
    line = lines.get(key)
    where = f"{file}, line {line}" if line else file
    return f"{where}: {PROJECT}:{'.'.join(key)} {_reason(detail, key, known)}".replace(f"{PROJECT}: ", "")


def _reason(detail: ErrorDetails, key: Key, known: Sequence[str]) -> str:
    if detail["type"] == "missing":
        return f"is missing. Set it with: pulumi config set --path '{PROJECT}:{'.'.join(key)}' VALUE"
    if detail["type"] == "extra_forbidden":
        close = get_close_matches(key[-1], known, n=1)
        return "is not a setting." + (f" Did you mean {close[0]}?" if close else "")
    return f"is refused: {detail['msg'].removeprefix('Value error, ')}."


def _key(detail: ErrorDetails, values: Mapping[str, Any]) -> Key:
    """Where in the file the mistake is: pydantic's location without the names of union members in it."""
    key: list[str] = []
    node: Any = values
    *parents, last = detail["loc"] or ("",)
    for part in parents:
        if isinstance(node, Mapping) and part not in node:
            continue
        key.append(str(part))
        node = node[part]
    return (*key, str(last))


def _lines(file: Path) -> Iterator[tuple[Key, int]]:
    """The line of every key in a stack file, by its path below the project's name."""
    root = yaml.compose(file.read_text(), Loader=yaml.SafeLoader)
    for name, node in _items(root):
        if name.value == "config":
            yield from _keys(node, ())


def _keys(node: yaml.Node, above: Key) -> Iterator[tuple[Key, int]]:
    for name, value in _items(node):
        key = (*above, name.value.removeprefix(f"{PROJECT}:"))
        yield key, name.start_mark.line + 1
        yield from _keys(value, key)


def _items(node: yaml.Node | None) -> Sequence[tuple[yaml.ScalarNode, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []
