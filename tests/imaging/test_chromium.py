"""The judge of our pictures is a browser: what it shows of the contributor's file is what we must show."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pixels
from playwright.sync_api import sync_playwright

from imaging import Recipe, render
from tests.imaging.drawings import OPENMOJI, TABLER, sample

_SIDE = 512
_COLUMNS = 10
_ICONS = sample(TABLER, 30) + sample(OPENMOJI, 30)
_CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]

Blocks = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def browser_pictures() -> dict[Path, Blocks]:
    """All icons as Chromium draws them, from one page."""
    encoded = (base64.b64encode(path.read_bytes()).decode() for path in _ICONS)
    source = "data:image/svg+xml;base64,"
    images = "".join(f'<img width={_SIDE} height={_SIDE} src="{source}{icon}">' for icon in encoded)
    page_html = f"<style>body{{margin:0;line-height:0;background:#fff}}</style>{images}"
    rows = -(-len(_ICONS) // _COLUMNS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": _COLUMNS * _SIDE, "height": rows * _SIDE})
        page.set_content(page_html, wait_until="load")
        shot = Pixels.open(io.BytesIO(page.screenshot(type="png")))
        browser.close()
    pictures = {}
    for index, path in enumerate(_ICONS):
        x, y = index % _COLUMNS * _SIDE, index // _COLUMNS * _SIDE
        pictures[path] = _blocks(shot.crop((x, y, x + _SIDE, y + _SIDE)))
    return pictures


def _blocks(picture: Pixels.Image) -> Blocks:
    """The mean colour of each 8 x 8 block."""
    pixels = np.asarray(picture.convert("RGB"), dtype=np.float64)
    count = _SIDE // 8
    blocks: Blocks = pixels.reshape(count, 8, count, 8, 3).mean(axis=(1, 3))
    return blocks


@pytest.mark.parametrize("path", _ICONS, ids=lambda path: path.stem)
def test_an_icon_looks_as_in_a_browser(path: Path, browser_pictures: dict[Path, Blocks]) -> None:
    preview = render(path.read_bytes(), Recipe()).image("preview", "png")
    ours = Pixels.open(io.BytesIO(preview.data)).convert("RGBA")
    on_white = Pixels.alpha_composite(Pixels.new("RGBA", ours.size, "white"), ours)
    off = np.abs(_blocks(on_white) - browser_pictures[path]).max(axis=2) > 24
    assert off.mean() <= 0.02
    assert browser_pictures[path].min() < 200, "the browser has drawn something"
