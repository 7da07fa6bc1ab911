"""The picture of a family."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pixels

from imaging import Rejected, Theme, compose_preview
from imaging.captions import Line, clean
from imaging.grounds import DARK, LIGHT, lay_tiles
from tests.imaging.drawings import OPENMOJI, TABLER, sample, svg


def _compose(
    svgs: list[bytes], family: str = "Arrows", contributor: str = "Ada", theme: Theme = "light", seed: int = 1
) -> npt.NDArray[np.uint8]:
    """The preview's pixels: rows, columns, red green blue."""
    image = compose_preview(
        svgs, family=family, contributor=contributor, count=len(svgs), seed=seed, theme=theme
    )
    assert (image.kind, image.format, image.width, image.height) == ("preview", "webp", 1200, 630)
    with Pixels.open(io.BytesIO(image.data)) as picture:
        assert picture.size == (1200, 630)
        return np.asarray(picture.convert("RGB"))


def _differ(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> int:
    """By how much the two differ where they differ most."""
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def _read(files: list[Path], count: int) -> list[bytes]:
    return [path.read_bytes() for path in sample(files, count)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 11, 12, 20, 40])
def test_tiles_make_a_full_grid_between_the_margins_and_over_the_words(count: int) -> None:
    tiles = lay_tiles(count, 1200)
    rows = {tile.y for tile in tiles}
    columns = {tile.x for tile in tiles}
    assert len(tiles) == len(rows) * len(columns) <= count
    assert len(tiles) >= min(count, 24) * 0.6
    assert min(columns) == pytest.approx(60)
    assert max(tile.x + tile.width for tile in tiles) == pytest.approx(1140)
    assert min(rows) >= 50
    assert max(tile.y + tile.height for tile in tiles) <= 460
    assert all(tile.width / tile.height > 0.6 for tile in tiles)


@pytest.mark.parametrize("count", [3, 12, 30])
def test_every_tile_has_a_drawing_of_about_the_same_size_in_its_middle(count: int) -> None:
    pixels = _compose(_read(TABLER, count)).astype(int)
    spreads = []
    for tile in lay_tiles(count, 1200):
        left, top, right, bottom = (
            round(n) for n in (tile.x, tile.y, tile.x + tile.width, tile.y + tile.height)
        )
        rows, columns = np.nonzero((np.abs(pixels[top:bottom, left:right] - 255) > 90).all(axis=2))
        middle = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
        assert middle == pytest.approx((tile.width / 2, tile.height / 2), abs=3)
        spreads.append(max(np.ptp(columns), np.ptp(rows)) / min(tile.width, tile.height))
    assert min(spreads) > 0.3
    assert max(spreads) < 0.8
    assert max(spreads) / min(spreads) < 1.7


def test_the_same_seed_chooses_the_same_drawings_and_another_others() -> None:
    svgs = _read(OPENMOJI, 60)
    assert (_compose(svgs) == _compose(svgs)).all()
    assert (_compose(svgs) != _compose(svgs, seed=2)).any()


def test_names_are_drawn_as_they_are_whatever_is_in_them() -> None:
    plain = _compose([svg()])
    for name in (
        "<script>&amp;",
        "Δοκιμή",
        "Привет",
        "مجموعة",
        "a\0b\x1b\ud800\ufffec",
        "😀 emoji",
        "\u202eevil",
    ):
        pixels = _compose([svg()], family=name, contributor=name)
        assert _differ(pixels[490:600], plain[490:600]) > 100, "the words are others"
        assert _differ(pixels[:480], plain[:480]) < 32, "and nothing else"


def test_a_long_name_ends_in_an_ellipsis_before_our_mark() -> None:
    long = _compose([svg()], family="Quite a long name " * 40, contributor="Somebody " * 60)
    short = _compose([svg()])
    assert _differ(long[490:, 1085:1140], short[490:, 1085:1140]) < 40, "our mark is free"
    assert (long[490:, 800:900] < 128).any(), "and the space before it is used"


def test_a_line_that_fits_stays_and_one_that_does_not_keeps_what_fits() -> None:
    line = Line(24, "normal", 100)
    assert line.fit("") == ""
    assert line.fit("short") == "short"
    fitted = line.fit("a line that is much too long")
    assert fitted.endswith("…")
    assert "a line that is much too long".startswith(fitted[:-1])
    assert line.fit("W" * 300).endswith("…")


def test_words_are_cleaned_of_what_is_not_drawn() -> None:
    assert clean(" a\t\nb\0 \u2028c\u202ed\x7f ") == "a b c d"
    assert clean("अ\u200dब") == "अ\u200dब", "a joiner is part of a word"


@pytest.mark.parametrize(("theme", "tile"), [("light", LIGHT.tile), ("dark", DARK.tile)])
def test_line_icons_are_drawn_in_the_ink_of_the_theme(theme: Theme, tile: str) -> None:
    pixels = _compose(_read(TABLER, 3), theme=theme)
    brightness = pixels[80:440, 80:380].astype(int).mean(axis=2)
    assert abs(brightness.min() - brightness.max()) > 150
    assert abs(pixels[100, 100].astype(int) - _rgb(tile)).max() < 8


def test_a_drawing_that_would_not_show_gets_a_tile_it_shows_on() -> None:
    white, black = (svg(f'<path fill="{paint}" d="M4 4h16v16H4z"/>') for paint in ("#fff", "#000"))
    for svgs, theme, corner in (
        ([white], "light", LIGHT.contrast),
        ([black], "light", LIGHT.tile),
        ([white], "dark", DARK.tile),
        ([black], "dark", DARK.contrast),
        ([white, white, black], "light", LIGHT.contrast),
    ):
        pixels = _compose(svgs, theme=theme).astype(int)  # type: ignore[arg-type]  # a literal, seen as str here
        assert np.abs(pixels[100, 90] - _rgb(corner)).max() < 10
    mixed = _compose([black, black, white], theme="light").astype(int)
    corners = [tuple(mixed[100, round(tile.x) + 20] > 128) for tile in lay_tiles(3, 1200)]
    assert sorted(corners) == [(False,) * 3, (True,) * 3, (True,) * 3]


def test_drawings_do_not_bleed_into_each_other() -> None:
    red = svg('<style>path{fill:red}.a{fill:red}</style><path id="p" class="a" d="M4 4h16v16H4z"/>')
    gradient = '<linearGradient id="p"><stop stop-color="blue"/></linearGradient>'
    blue = svg(gradient + '<path fill="url(#p)" d="M4 4h16v16H4z"/>')
    pixels = _compose([red, blue]).astype(int)
    middles = sorted(tuple(pixels[254, x] > 128) for x in (330, 870))
    assert middles == [(False, False, True), (True, False, False)]


def test_drawings_that_cannot_be_taken_are_passed_over() -> None:
    nothing, script = svg(""), svg("<script/>")
    assert _differ(_compose([nothing, script, svg()])[:480], _compose([svg()])[:480]) < 32
    with pytest.raises(Rejected, match="has no drawing to show"):
        _compose([nothing, script])


def test_other_sizes_are_the_same_picture() -> None:
    image = compose_preview([svg()], family="F", contributor="C", count=1, seed=1, size=(600, 315))
    with Pixels.open(io.BytesIO(image.data)) as picture:
        small = np.asarray(picture.convert("RGB")).astype(int)
    large = _compose([svg()], family="F", contributor="C")[::2, ::2].astype(int)
    assert np.abs(small - large).mean() < 3


def _rgb(colour: str) -> npt.NDArray[np.int64]:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
