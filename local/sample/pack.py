"""A ZIP of sixty real drawings in two sets, with the manifest a contributor would write."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from local.setup.errors import CommandError, Exit

FAMILY = {
    "name": "Everyday things",
    "description": "Sixty icons of Tabler Icons, as lines and as shapes.",
    "license": "mit",
}
FILENAME = "everyday-things.zip"


def sample_pack() -> bytes:
    """The ZIP. Raises CommandError when the packages it is made from are not installed."""
    chosen = tomllib.loads(Path(__file__).with_name("drawings.toml").read_text())
    icons = _package("pytablericons") / "icons"
    drawings = {style: _drawings(icons / style, names) for style, names in chosen.items()}
    sets = [
        _set("Outline", "outline", drawings["outline"]),
        _set("Filled", "solid", drawings["filled"]),
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "manifest.json", json.dumps({"version": 1, "family": FAMILY, "sets": sets}, indent=2)
        )
        for folder, svgs in drawings.items():
            for name, svg in svgs.items():
                archive.writestr(f"{folder}/{name}.svg", svg)
    return packed.getvalue()


def _set(name: str, style: str, svgs: dict[str, bytes]) -> dict[str, Any]:
    folder = name.lower()
    items = [_item(folder, drawing, svg) for drawing, svg in svgs.items()]
    return {"name": name, "productType": "icon", "style": style, "items": items}


def _package(name: str) -> Path:
    """The folder of an installed package. It is not imported: that wants a window system."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise CommandError(f"The package {name} is not installed. Run: make setup", Exit.MACHINE)
    return Path(found.submodule_search_locations[0])


def _drawings(folder: Path, names: list[str]) -> dict[str, bytes]:
    return {name: (folder / f"{name}.svg").read_bytes() for name in names}


def _item(folder: str, name: str, svg: bytes) -> dict[str, Any]:
    """Tabler writes the tags into the comment at the head of each file, and calls a filled drawing so."""
    suffix = " filled" if folder == "filled" else ""
    found = re.search(rb"tags: \[(.*?)\]", svg)
    tags = [tag.strip(" '\"") for tag in found[1].decode().split(",")] if found else []
    return {
        "file": f"{folder}/{name}.svg",
        "name": name.replace("-", " ").capitalize() + suffix,
        "tags": tags,
    }
