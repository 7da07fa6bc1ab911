"""A drawing's body, put into another's ``<svg>``, is the same picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from imaging import read_body, sanitise
from imaging.raster import draw_square
from imaging.sanitising import read_drawing
from tests.imaging.drawings import OPENMOJI, SVG, TABLER, sample, svg


def put(source: bytes) -> bytes:
    """The drawing in an ``<svg>`` of its view box alone, as clients put it."""
    body = read_body(source)
    box = f"{body.x:g} {body.y:g} {body.width:g} {body.height:g}"
    return (
        f'<svg xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink" width="{body.width:g}"'
        f' height="{body.height:g}" viewBox="{box}">{body.body}</svg>'
    ).encode()


def pixels(source: bytes) -> bytes:
    return draw_square(read_drawing(source), 96).tobytes()


@pytest.mark.parametrize("path", sample(TABLER, 6) + sample(OPENMOJI, 6), ids=lambda path: path.stem)
def test_real_drawings_look_the_same(path: Path) -> None:
    assert pixels(put(path.read_bytes())) == pixels(path.read_bytes())


@pytest.mark.parametrize(
    ("attributes", "body"),
    [
        ('viewBox="0 0 24 24" fill="none" stroke="red"', '<path d="M2 2h20v9"/>'),
        ('viewBox="-4 2 20 10" width="40" opacity=".5"', '<path d="M0 4h9v4z"/>'),
        ('viewBox="0 0 24 24" class="a"', "<style>.a{fill:#00f}</style><path d='M4 4h9v9z'/>"),
        ('viewBox="2 2 24 24" class="a"', "<style>svg>path{fill:lime}</style><path d='M4 4h9v9z'/>"),
        (
            'viewBox="0 0 24 24"',
            '<defs><path id="p" d="M4 4h9v9z"/></defs><use xlink:href="#p" fill="teal"/>',
        ),
        ('viewBox="0 0 24 24" style="fill:purple"', '<path d="M4 4h9v9z"/>'),
        ('width="24" height="24"', '<text x="1" y="20">A &lt; B</text>'),
    ],
)
def test_what_the_root_says_still_holds(attributes: str, body: str) -> None:
    source = svg(body, attributes)
    assert pixels(put(source)) == pixels(source)
    assert sanitise(put(source))


@pytest.mark.parametrize(
    ("attributes", "body", "expected"),
    [
        ("", '<path d="M4 4h9v9z"/>', '<g fill="currentColor"><path d="M4 4h9v9z"/></g>'),
        ('fill="#1b1a17"', '<path d="M4 4h9"/>', '<g fill="currentColor"><path d="M4 4h9"/></g>'),
        (
            'fill="none" stroke="black" color="red"',
            '<path d="M4 4h9"/>',
            '<g fill="none" stroke="currentColor"><path d="M4 4h9"/></g>',
        ),
        ('fill="red"', '<path d="M4 4h9"/>', '<g fill="red"><path d="M4 4h9"/></g>'),
        ("", '<path fill="#00000080" d="M4 4h9"/>', '<path fill="#00000080" d="M4 4h9"/>'),
        ('class="big"', '<path fill="#f00" d="M4 4h9"/>', '<path fill="#f00" d="M4 4h9"/>'),
    ],
)
def test_dark_ink_takes_the_colour_of_the_text_around_it_and_colours_stay(
    attributes: str, body: str, expected: str
) -> None:
    assert read_body(svg(body, f'viewBox="0 0 24 24" {attributes}')).body == expected


def test_links_between_parts_need_no_name_of_their_own_space() -> None:
    body = read_body(svg('<path id="p" fill="red" d="M4 4h9v9z"/><use xlink:href="#p"/>')).body
    assert "xmlns" not in body
    assert 'xlink:href="#p"' in body
