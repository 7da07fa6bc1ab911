"""The judge of pictures: many drawings as Chromium shows them, and how far another picture is from that."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
BLOCK = 8
OFF = 24  # levels of 255, in the channel of a block's mean colour that is furthest off
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
_COLUMNS = 10
_ROWS = 4  # at a time: a screenshot has bounds

Blocks = npt.NDArray[np.float64]


def shown(drawings: Sequence[bytes], side: int) -> list[Image.Image]:
    """Each drawing on white in a square of *side* pixels, as a browser shows it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": _COLUMNS * side, "height": _ROWS * side})
        sheets = range(0, len(drawings), _COLUMNS * _ROWS)
        pictures = [
            picture for at in sheets for picture in _sheet(page, drawings[at : at + _COLUMNS * _ROWS], side)
        ]
        browser.close()
    return pictures


def _sheet(page: Page, drawings: Sequence[bytes], side: int) -> Iterator[Image.Image]:
    sources = (base64.b64encode(drawing).decode() for drawing in drawings)
    images = "".join(
        f'<img width={side} height={side} src="data:image/svg+xml;base64,{source}">' for source in sources
    )
    page.set_content(
        f"<style>body{{margin:0;line-height:0;background:#fff}}</style>{images}", wait_until="load"
    )
    shot = Image.open(io.BytesIO(page.screenshot(type="png"))).convert("RGB")
    for index in range(len(drawings)):
        x, y = index % _COLUMNS * side, index // _COLUMNS * side
        yield shot.crop((x, y, x + side, y + side))


def share_off(one: Image.Image, other: Image.Image) -> float:
    """The share of blocks of 8 x 8 pixels whose mean colours differ by more than ``OFF``."""
    return float((np.abs(_blocks(one) - _blocks(other)).max(axis=2) > OFF).mean())


def mean_off(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of their blocks, in levels of 255: ranks what ``share_off`` calls the same."""
    return float(np.abs(_blocks(one) - _blocks(other)).mean())


def _blocks(picture: Image.Image) -> Blocks:
    rgba = picture.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    count = flat.width // BLOCK
    pixels = np.asarray(flat, dtype=np.float64)
    blocks: Blocks = pixels.reshape(count, BLOCK, count, BLOCK, 3).mean(axis=(1, 3))
    return blocks
