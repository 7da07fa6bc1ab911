"""A shop to look at: real drawings, rendered as the pipeline does, in families of two contributors."""

from __future__ import annotations

import functools
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from imaging import Image, Recipe, Rendered, compose_preview, render
from local.sample.pack import sample_pack
from tests.api.factories import Picture, Shelf
from vectoricons.products.families import Family
from vectoricons.products.items import Item


@dataclass(frozen=True, slots=True)
class Drawing:
    """A real drawing: its name, tags, bytes and public pictures."""

    name: str
    tags: list[str]
    svg: bytes
    pictures: tuple[Picture, ...]
    colours: list[str]


@dataclass(frozen=True, slots=True)
class Shop:
    """The furnished site, and the shelf to put more on."""

    url: str
    shelf: Shelf
    outlines: Family
    icons: list[Item]
    illustrations: list[Item]
    priced: list[Item]


class Unbothered(ThreadingHTTPServer):
    """Browsers that go on to the next page hang up: nothing to tell."""

    def handle_error(self, *_: Any) -> None:
        """Nothing."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and keeps it to itself."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def serving_files(folder: Path) -> Iterator[str]:
    """The address *folder* is served at, as the edge serves the public bucket."""
    folder.mkdir(parents=True)
    server = Unbothered(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def furnish(shelf: Shelf, assets: Path, url: str) -> Shop:
    """Icons and illustrations that are free, and a few that cost something."""
    outlines, emoji = _drawings(assets)
    family, icons = _family(
        shelf, assets, outlines, "Everyday outlines", of="icon", style="outline",
        description="Forty outline icons on a 24 px grid with a 2 px stroke, for calm interfaces.",
    )  # fmt: skip
    _, illustrations = _family(
        shelf, assets, emoji, "Friendly things", of="illustration", style="flat", by="grace",
        description="Small colour illustrations of animals, plants and food.",
    )  # fmt: skip
    _, priced = _family(
        shelf, assets, emoji[:6], "Premium garden", of="illustration", style="flat", by="grace", price=5
    )
    return Shop(url, shelf, family, icons, illustrations, priced)


def _family(
    shelf: Shelf,
    assets: Path,
    drawings: Sequence[Drawing],
    name: str,
    *,
    of: str,
    style: str,
    by: str = "ada",
    price: float = 0,
    description: str | None = None,
) -> tuple[Family, list[Item]]:
    preview = compose_preview(
        [drawing.svg for drawing in drawings],
        family=name,
        contributor=shelf.contributor(by).display_name,
        count=len(drawings),
        seed=name,
        noun=of,
    )
    key = _put(assets, "previews", preview)
    family = shelf.family(name, by=by, preview=key, price=price, description=description)
    hidden = "preview" if price else "watermark"
    items = shelf.items(
        shelf.set(family, "Basics", of=of, style=style),
        [drawing.name for drawing in drawings],
        of=of,
        price=price,
        tags={drawing.name: drawing.tags for drawing in drawings},
        pictures={
            drawing.name: [picture for picture in drawing.pictures if picture.kind != hidden]
            for drawing in drawings
        },
    )
    return family, items


def _drawings(assets: Path) -> Iterable[list[Drawing]]:
    """The sample pack's drawings, set by set, with their pictures in *assets*."""
    with zipfile.ZipFile(io.BytesIO(sample_pack())) as pack:
        manifest = json.loads(pack.read("manifest.json"))
        return [
            [_drawing(assets, item, pack.read(item["file"])) for item in item_set["items"]]
            for item_set in manifest["sets"]
        ]


def _drawing(assets: Path, item: dict[str, Any], svg: bytes) -> Drawing:
    rendered = _rendered(svg)
    pictures = tuple(
        Picture(image.kind, image.format, image.width, _put(assets, "images", image))
        for image in rendered.images
    )
    return Drawing(item["name"], item["tags"], svg, pictures, list(rendered.palette))


@cache
def _rendered(svg: bytes) -> Rendered:
    """*svg* as the pipeline renders it, once for all shops of a process."""
    return render(svg, Recipe())


def _put(assets: Path, folder: str, image: Image) -> str:
    key = f"{folder}/{image.sha256}.{image.format}"
    (assets / folder).mkdir(exist_ok=True)
    (assets / key).write_bytes(image.data)
    return key
