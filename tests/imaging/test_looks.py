"""What is known of a drawing's looks: hints, likeness, and the drawing in another colour."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image as Pixels

from imaging import ALIKE, Output, Reason, Recipe, Rejected, distance, recolour, render, sanitise
from tests.imaging.drawings import OPENMOJI, TABLER, sample, svg

_SMALL = Recipe(outputs=(Output("preview", "png", 128),))
_DASHED = 'fill="none" stroke="red" stroke-dasharray="2 1"'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<path transform="rotate(9)" transform-origin="4 4" d="M0 0h9v9z"/>', "svg-transform-origin"),
        ('<path style="transform-box:fill-box" d="M0 0h9v9z"/>', "svg-transform-origin"),
        ("<style>\npath{transform-origin:center}</style><path d='M0 0h9v9z'/>", "svg-transform-origin"),
        (f'<path pathLength="10" {_DASHED} d="M2 2h20"/>', "svg-path-length"),
        ('<text x="1" y="20">A</text>', "svg-text"),
        ('<radialGradient id="a" color-interpolation="linearRGB"/><path d="M0 0h9v9z"/>', "svg-linear-rgb"),
        ('<filter id="a"><feTurbulence baseFrequency=".2"/></filter><path d="M0 0h9v9z"/>', "svg-turbulence"),
        ("<style>path:is(.a,.b){fill:red}</style><path d='M0 0h9v9z'/>", "svg-selector"),
    ],
)
def test_what_looks_different_here_than_in_a_browser_is_said_with_its_line(body: str, code: str) -> None:
    (hint,) = render(svg(body), _SMALL).hints
    assert (hint.code, hint.line) == (code, 2)
    assert hint.advice.endswith(".")


def test_a_hint_is_given_once_and_ordinary_icons_get_none() -> None:
    assert [
        hint.line for hint in render(svg('<text y="9">A</text>\n<text y="20">B</text>'), _SMALL).hints
    ] == [2]
    assert not render(svg('<path pathLength="10" stroke="red" d="M2 2h20v9"/>'), _SMALL).hints
    for path in sample(TABLER, 5) + sample(OPENMOJI, 5):
        assert not render(path.read_bytes(), _SMALL).hints


def test_a_drawing_scaled_retouched_or_recoloured_is_alike_and_others_are_not() -> None:
    hashes = {}
    for path in sample(TABLER, 12) + sample(OPENMOJI, 12):
        source = path.read_bytes()
        hashes[path] = render(source, _SMALL).perceptual_hash
        small = render(source, Recipe(outputs=(Output("preview", "png", 100),)))
        assert distance(hashes[path], small.perceptual_hash) <= 2
        dotted = source.replace(b"</svg>", b'<path fill="#888" d="M1 1h.4v.4H1z"/></svg>')
        assert distance(hashes[path], render(dotted, _SMALL).perceptual_hash) <= ALIKE
    apart = [distance(one, other) > ALIKE for one, other in combinations(hashes.values(), 2)]
    assert np.mean(apart) > 0.98


def test_white_art_is_told_apart_as_well_as_black() -> None:
    shapes = ('<path fill="{0}" d="M2 2h9v20H2z"/>', '<circle fill="{0}" cx="12" cy="12" r="9"/>')
    for paint in ("#000", "#fff"):
        one, other = (render(svg(shape.format(paint)), _SMALL).perceptual_hash for shape in shapes)
        assert distance(one, other) > ALIKE


@pytest.mark.parametrize(
    "body",
    [
        '<path d="M4 4h16v16z"/>',
        '<g fill="none" stroke="currentColor" stroke-width="2"><path d="M4 4h16v16z"/></g>',
        '<g fill="#ff000080"><path d="M4 4h16v16z"/></g><circle fill="red" r="6"/>',
        '<g color="#0f0"><path fill="currentColor" stroke="#0f0" d="M4 4h16v16z"/></g>',
    ],
)
def test_a_drawing_of_one_colour_takes_another_and_keeps_its_shape(body: str) -> None:
    painted = recolour(svg(body), "#12ab34")
    assert sanitise(painted) == painted
    was, now = (_pixels(source) for source in (svg(body), painted))
    assert (was[..., 3] == now[..., 3]).all()
    assert {tuple(pixel) for pixel in now[now[..., 3] > 0][:, :3]} == {(0x12, 0xAB, 0x34)}
    assert render(painted, _SMALL).palette == ("#12ab34",)


def test_a_drawing_of_many_colours_is_not_repainted_and_nonsense_is_no_colour() -> None:
    with pytest.raises(Rejected) as refusal:
        recolour(svg('<path fill="red" d="M0 0h9v9z"/><path fill="blue" d="M9 9h9v9z"/>'), "#000000")
    assert refusal.value.reason is Reason.MANY_COLOURS
    with pytest.raises(ValueError, match="reddish"):
        recolour(svg(), "reddish")


def _pixels(source: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Pixels.open(io.BytesIO(render(source, _SMALL).images[0].data)) as picture:
        return np.asarray(picture.convert("RGBA"))
