"""Files that others read while they are written, and secrets among them."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace *path* by *text* in one step, readable by its owner alone."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:  # noqa: PTH123 (a descriptor, not a path)
        file.write(text)
    unfinished.replace(path)
