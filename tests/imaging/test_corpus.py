"""Real icons: none is refused, none looks different afterwards."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image as Pixels

from imaging import Recipe, render, sanitise
from imaging.raster import draw
from tests.imaging.drawings import OPENMOJI, TABLER, sample

_SAMPLE = sample(TABLER, 150) + sample(OPENMOJI, 150)


@pytest.mark.parametrize("files", [TABLER, OPENMOJI], ids=["tabler", "openmoji"])
def test_the_package_holds_the_icons_we_count_on(files: list[Path]) -> None:
    assert len(files) > 4_000


@pytest.mark.parametrize("path", _SAMPLE, ids=lambda path: path.stem)
def test_a_real_icon_is_drawn_the_same_to_the_last_pixel(path: Path) -> None:
    source = path.read_bytes()
    clean = sanitise(source)
    assert draw(clean).tobytes() == draw(source).tobytes()
    assert sanitise(clean) == clean


@pytest.mark.parametrize("path", sample(TABLER, 10) + sample(OPENMOJI, 10), ids=lambda path: path.stem)
def test_a_real_icon_becomes_all_its_images(path: Path) -> None:
    rendered = render(path.read_bytes(), Recipe())
    made = [(image.kind, image.format, image.width, image.height) for image in rendered.images]
    assert made == [
        ("thumbnail", "png", 128, 128),
        ("thumbnail", "webp", 128, 128),
        ("preview", "png", 512, 512),
        ("preview", "webp", 512, 512),
        ("watermark", "webp", 512, 512),
    ]
    for image in rendered.images:
        with Pixels.open(io.BytesIO(image.data), formats=[image.format]) as picture:
            assert picture.size == (image.width, image.height)
            assert picture.convert("RGBA").getchannel("A").getextrema() == (0, 255), (
                "transparent around the icon"
            )
    assert rendered.svg == sanitise(path.read_bytes())
    assert rendered.palette
