"""Icons as files: the same as Iconify's server draws, for whatever is asked of it."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image as Pixels

from containers.api.icons.svg import Look, svg
from imaging.raster import draw_square
from imaging.sanitising import read_drawing
from tests.api.icons.drawings import DRAWINGS, FLAG, PREFIX
from vectoricons.products.open_icons import Body
from vectoricons.utils import InvalidInput

SQUARE = Body(FLAG, 0, 0, 24, 24)
NUMBERS = st.integers(-50, 2000).map(str) | st.decimals(0, 400, places=2).map(str)
LENGTHS = (
    st.just("")
    | st.sampled_from(["auto", "none", "unset", "1em", "50%", "big", "calc(1em + 2px)", "1.2.3", "."])
    | NUMBERS
    | st.tuples(NUMBERS, st.sampled_from(["px", "em", "rem", "vh", "%"])).map("".join)
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "width": LENGTHS,
        "height": LENGTHS,
        "color": st.sampled_from(
            ["", "red", "#ba3329", "rgb(1, 2, 3)", "hsl(120 50% 50% / .5)", "var(--ink)"]
        ),
        "flip": st.sampled_from(
            ["", "horizontal", "vertical", "vertical,horizontal", "both", "horizontal x"]
        ),
        "rotate": st.sampled_from(["90deg", "180deg", "45deg", "-90deg", "25%", "-175%", "half", "-", "1.9"])
        | st.integers(-9, 9).map(str),
        "box": st.sampled_from(["", "1", "0", "true"]),
    },
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(sorted(DRAWINGS)), asked=ASKED)
def test_a_file_is_to_the_letter_what_iconify_s_server_answers(
    peer: str, name: str, asked: dict[str, str]
) -> None:
    theirs = requests.get(f"{peer}/{PREFIX}/{name}.svg", params=asked, timeout=10)
    assert svg(DRAWINGS[name], Look.of(asked)) == theirs.text


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("flip", ["", "horizontal", "vertical", "horizontal,vertical"])
def test_what_is_seen_is_flipped_and_then_turned(flip: str, quarters: int) -> None:
    expected = _pixels({})
    if "horizontal" in flip:
        expected = expected.transpose(Pixels.Transpose.FLIP_LEFT_RIGHT)
    if "vertical" in flip:
        expected = expected.transpose(Pixels.Transpose.FLIP_TOP_BOTTOM)
    for _ in range(quarters):
        expected = expected.transpose(Pixels.Transpose.ROTATE_270)  # a quarter with the clock
    assert _pixels({"flip": flip, "rotate": str(quarters)}).tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    "asked",
    [
        {"color": "red;background:url(//evil.example)"},
        {"color": "url(#a)"},
        {"color": "x" * 81},
        {"width": "1;2"},
        {"height": "/*"},
    ],
)
def test_what_is_neither_length_nor_colour_is_refused_by_its_name(asked: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=f'^"{next(iter(asked))}" is wrong'):
        Look.of(asked)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_no_parameter_gets_out_of_its_attribute(width: str, height: str, color: str) -> None:
    try:
        look = Look.of({"width": width, "height": height, "color": color})
    except InvalidInput:
        return
    root = etree.fromstring(svg(SQUARE, look).encode())
    assert {child.tag for child in root} == {"{http://www.w3.org/2000/svg}path"}


def _pixels(asked: dict[str, Any]) -> Pixels.Image:
    return draw_square(read_drawing(svg(SQUARE, Look.of({**asked, "width": "48"})).encode()), 48)
