"""The file that says what a stack is: `Pulumi.<stack>.yaml` of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from local.setup.errors import CommandError, Exit


def read(tree: Path, stack: str) -> Mapping[str, Any]:
    """What the file of *stack* says. Raises CommandError when there is none, or it cannot be read."""
    file = tree / f"Pulumi.{stack}.yaml"
    try:
        found = yaml.safe_load(file.read_text())
    except FileNotFoundError:
        known = sorted(each.name.split(".")[1] for each in tree.glob("Pulumi.*.yaml"))
        raise CommandError(
            f"There is no stack {stack}: {file.name} is missing. There are {', '.join(known)}. "
            f"As in: make preview STACK={known[0] if known else 'dev'}",
            Exit.DECLARATION,
        ) from None
    except yaml.YAMLError as error:
        raise CommandError(f"{file.name} cannot be read: {error}", Exit.DECLARATION) from error
    if not isinstance(found, dict) or not isinstance(found.get("config", {}), dict):
        raise CommandError(
            f"{file.name} says nothing. It has `config:` and the settings of the stack below it.",
            Exit.DECLARATION,
        )
    return found
