"""The files that are converted: real ones, the same ones each time, of the mix that a marketplace has.

The collections come from npm, at fixed versions, into a cache outside the tree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TypeVar

from bench.npm import installed
from bench.upload_icons import package_folder

PACKAGES = (
    "lucide-static@1.62.0",
    "@iconify-json/fluent-emoji-flat@1.2.6",
    "@iconify-json/noto@1.2.9",
    "@iconify-json/twemoji@1.2.5",
    "@iconify-json/flat-color-icons@1.2.3",
    "@iconify-json/logos@1.2.19",
    "@iconify-json/vscode-icons@1.2.97",
    "@iconify-json/fluent-emoji@1.2.7",
    "@tabler/icons-png@3.48.0",
    "@lobehub/icons-static-png@1.97.1",
)
# Of 4,500 files: outlines, flat colour, gradients, and a few that are mostly filters.
OUTLINES = {"tabler-outline": 900, "tabler-filled": 225, "lucide": 1125}
COLLECTIONS = {
    "fluent-emoji-flat": 450,
    "noto": 550,
    "twemoji": 400,
    "flat-color-icons": 200,
    "logos": 300,
    "vscode-icons": 250,
    "fluent-emoji": 100,
}
WHOLE = 4500

T = TypeVar("T")


def write_drawings(folder: Path, count: int) -> list[Path]:
    """*count* SVG files into *folder*, in an order in which every stretch has all kinds."""
    modules = installed(PACKAGES)
    tabler = package_folder("pytablericons") / "icons"
    folders = (tabler / "outline", tabler / "filled", modules / "lucide-static" / "icons")
    kinds = [
        [path.read_bytes() for path in _some(sorted(source.glob("*.svg")), share * count / WHOLE)]
        for source, share in zip(folders, OUTLINES.values(), strict=True)
    ]
    kinds += [
        _some(sorted(_collection(modules / "@iconify-json" / name)), share * count / WHOLE)
        for name, share in COLLECTIONS.items()
    ]
    names = (*OUTLINES, *COLLECTIONS)
    placed = sorted(
        ((number + 0.5) / len(drawings), f"{name}-{number}.svg", drawing)
        for name, drawings in zip(names, kinds, strict=True)
        for number, drawing in enumerate(drawings)
    )
    return list(_write(folder, ((name, drawing) for _, name, drawing in placed[:count])))


def write_pictures(folder: Path, count: int) -> list[Path]:
    """*count* PNG files into *folder*: line icons of 240 px, and logos in colour of 1,024 px, by turns."""
    modules = installed(PACKAGES)
    lines = sorted((modules / "@tabler" / "icons-png" / "icons" / "outline").glob("*.png"))
    logos = sorted((modules / "@lobehub" / "icons-static-png" / "dark").glob("*.png"))
    half = count / 2
    pairs = zip(_some(lines, half), _some(logos, half), strict=False)
    return list(_write(folder, ((path.name, path.read_bytes()) for path in chain.from_iterable(pairs))))


def _collection(package: Path) -> Iterator[bytes]:
    """The icons of one of Iconify's collections, as SVG files."""
    told = json.loads((package / "icons.json").read_bytes())
    for icon in told["icons"].values():
        left, top, width, height = (
            icon.get(name, told.get(name, default))
            for name, default in (("left", 0), ("top", 0), ("width", 16), ("height", 16))
        )
        head = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        box = f'width="{width}" height="{height}" viewBox="{left} {top} {width} {height}"'
        yield f"<svg {head} {box}>{icon['body']}</svg>".encode()


def _some(found: list[T], share: float) -> list[T]:
    """About *share* of them, from all over the list."""
    count = max(1, round(share))
    return found[:: max(1, len(found) // count)][:count]


def _write(folder: Path, files: Iterator[tuple[str, bytes]]) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, data) in enumerate(files):
        path = folder / f"{number:05}-{name}"
        path.write_bytes(data)
        yield path
