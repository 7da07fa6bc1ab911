"""The sources a region is made from, by a hash of their content: whether it is still what the tree says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

DECLARED = (
    *("__main__.py", "Pulumi.yaml", "Pulumi.local.yaml"),
    *("base", "components", "containers", "imaging", "policy", "requirements"),
)
"""What decides which resources and which programs a region has."""
REGION = ("local",)
"""What decides how the region itself works."""


def fingerprint(tree: Path, sources: Sequence[str]) -> str:
    """A hash over the content of *sources* in *tree*."""
    whole = hashlib.sha256()
    for file in sorted(_files(tree, sources)):
        whole.update(f"{file.relative_to(tree)}\0".encode())
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _files(tree: Path, sources: Sequence[str]) -> Iterator[Path]:
    for name in sources:
        source = tree / name
        found = source.rglob("*") if source.is_dir() else [source]
        yield from (file for file in found if file.is_file() and not _is_hidden(file.relative_to(tree)))


def _is_hidden(path: Path) -> bool:
    """Caches, not sources."""
    return any(part.startswith((".", "__pycache__")) for part in path.parts)
