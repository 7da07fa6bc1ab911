"""The judge of our pictures is a browser: what it shows of the contributor's file is what we must show."""

from __future__ import annotations

import io

import pytest
from PIL import Image as Pixels

from bench.browser import share_off, shown
from imaging import Output, Recipe, Rendered, render
from tests.imaging.drawings import OPENMOJI, TABLER, sample
from tests.imaging.features import FEATURES

_SIDE = 256
_RECIPE = Recipe(outputs=(Output("preview", "png", _SIDE),))
_MOST_OFF = 0.02  # of its 8 x 8 blocks
_ICONS = {path.stem: path.read_bytes() for path in sample(TABLER, 50) + sample(OPENMOJI, 50)}
_DRAWN_OTHERWISE = {
    "transform-origin attr",
    "transform-origin css",
    "pathLength dash",
    "pathLength circle",
    "text other font",
    "textLength",
    "dominant-baseline",
    "tspan dx rotate",
    ":not/:is",
    "linearRGB",
    "turbulence",
}


@pytest.fixture(scope="module")
def browser_pictures() -> dict[str, Pixels.Image]:
    """All drawings as Chromium shows them."""
    drawings = _ICONS | FEATURES
    return dict(zip(drawings, shown(list(drawings.values()), _SIDE), strict=True))


def _picture(rendered: Rendered) -> Pixels.Image:
    return Pixels.open(io.BytesIO(rendered.images[0].data))


@pytest.mark.parametrize("name", _ICONS)
def test_an_icon_looks_as_in_a_browser(name: str, browser_pictures: dict[str, Pixels.Image]) -> None:
    assert share_off(_picture(render(_ICONS[name], _RECIPE)), browser_pictures[name]) <= _MOST_OFF
    assert browser_pictures[name].convert("L").getextrema()[0] < 200, "the browser has drawn something"


@pytest.mark.parametrize("name", sorted(FEATURES.keys() - _DRAWN_OTHERWISE))
def test_a_feature_looks_as_in_a_browser(name: str, browser_pictures: dict[str, Pixels.Image]) -> None:
    assert share_off(_picture(render(FEATURES[name], _RECIPE)), browser_pictures[name]) <= _MOST_OFF


@pytest.mark.parametrize("name", sorted(_DRAWN_OTHERWISE))
def test_the_contributor_is_told_of_what_does_not(
    name: str, browser_pictures: dict[str, Pixels.Image]
) -> None:
    rendered = render(FEATURES[name], _RECIPE)
    assert rendered.hints
    assert share_off(_picture(rendered), browser_pictures[name]) > _MOST_OFF, "it looks right by now: no hint"
