"""Raster sources: every format to the same pixels, and what is wrong with one said by name."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image as Pixels
from wand.exceptions import WandException
from wand.image import Image as WandImage
from wand.resource import limits

from imaging import OPAQUE, Output, Reason, Recipe, Rejected, Renderer, convert, magick, render
from imaging.sources import raster_format
from tests.imaging.drawings import OPENMOJI, TABLER, sample, svg
from tests.imaging.hostile import attacks
from tests.imaging.rasters import SIZE, TURNED, animation, bomb, encoded, picture, psd, swapped_profile

_PNG = Recipe(outputs=(Output("preview", "png", None),))
_PICTURES = {
    "icon.png": encoded("PNG"),
    "icon.jpg": encoded("JPEG", quality=95, subsampling=0),
    "icon.gif": animation(),
    "icon.tif": encoded("TIFF"),
    "icon.psd": psd(),
    "cmyk.jpeg": encoded("JPEG", picture().convert("CMYK"), quality=95, subsampling=0),
    "deep.png": encoded("PNG", picture().convert("P")),
    "turned.jpg": encoded("JPEG", picture().transpose(Pixels.Transpose.ROTATE_90), exif=TURNED, quality=95),
}


def _decoded(source: bytes, recipe: Recipe = _PNG, name: str = "") -> Pixels.Image:
    (image,) = convert(source, recipe, name)
    return Pixels.open(io.BytesIO(image.data)).convert("RGBA")


@pytest.mark.parametrize("name", _PICTURES)
def test_every_format_gives_the_same_picture(name: str) -> None:
    decoded = _decoded(_PICTURES[name], name=name)
    assert decoded.size == SIZE
    assert decoded.getpixel((10, 20)) == pytest.approx((255, 0, 0, 255), abs=6)
    assert decoded.getpixel((50, 20)) == pytest.approx((0, 0, 255, 255), abs=6)


def test_what_is_transparent_stays_so_and_lies_on_a_ground_when_there_is_one() -> None:
    half = picture().convert("RGBA")
    half.putalpha(128)
    source = encoded("PNG", half)
    assert _decoded(source).getpixel((10, 20)) == (255, 0, 0, 128)
    on_white = Recipe(outputs=_PNG.outputs, ground="#ffffff")
    assert _decoded(source, on_white).getpixel((10, 20)) == pytest.approx((255, 127, 127, 255), abs=1)


def test_the_colours_of_a_profile_become_those_of_srgb() -> None:
    source = encoded("PNG", icc_profile=swapped_profile())
    assert _decoded(source).getpixel((10, 20)) == pytest.approx((0, 0, 255, 255), abs=8)


def test_a_picture_stands_whole_in_the_middle_of_its_squares() -> None:
    thumbnail, preview, watermark = convert(_PICTURES["icon.png"], OPAQUE)
    assert [(image.width, image.height) for image in (thumbnail, preview, watermark)] == [
        (128, 128),
        (512, 512),
        (512, 512),
    ]
    decoded = Pixels.open(io.BytesIO(preview.data)).convert("RGB")
    assert decoded.getpixel((100, 256)) == pytest.approx((255, 0, 0), abs=6)
    assert decoded.getpixel((256, 40)) == (255, 255, 255)
    assert decoded.getpixel((256, 470)) == (255, 255, 255)


def test_a_drawing_is_converted_to_what_it_is_rendered_to() -> None:
    for path in (*sample(TABLER, 1), *sample(OPENMOJI, 1)):
        source = path.read_bytes()
        assert convert(source, Recipe(), path.name) == render(source, Recipe()).images


def test_the_child_converts_what_this_process_would(renderer: Renderer) -> None:
    for name, source in (("icon.psd", _PICTURES["icon.psd"]), ("icon.svg", svg())):
        assert renderer.convert(source, OPAQUE, name) == convert(source, OPAQUE, name)
    recipe = Recipe(outputs=(Output("download", "ico", 64),))
    assert renderer.convert(svg(), recipe) == convert(svg(), recipe)


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("a.svg", b"", Reason.EMPTY_FILE),
        ("a.png", b"", Reason.EMPTY_FILE),
        ("a.png", _PICTURES["icon.jpg"], Reason.WRONG_SUFFIX),
        ("a.svg", _PICTURES["icon.png"], Reason.WRONG_SUFFIX),
        ("a.PNG", svg(), Reason.WRONG_SUFFIX),
        ("a.jpg", b"hello", Reason.NOT_A_PICTURE),
        ("a.png", _PICTURES["icon.png"][:60], Reason.RASTER_DAMAGED),
        ("a.jpg", _PICTURES["icon.jpg"][:200], Reason.RASTER_DAMAGED),
        ("a.gif", _PICTURES["icon.gif"][:30], Reason.RASTER_DAMAGED),
        ("a.tif", _PICTURES["icon.tif"][:100], Reason.RASTER_DAMAGED),
        ("a.psd", _PICTURES["icon.psd"][:500], Reason.RASTER_DAMAGED),
        ("a.png", bomb(10_000, 10_000), Reason.RASTER_TOO_LARGE),
        ("a.png", bomb(30_000, 8), Reason.RASTER_TOO_LARGE),
        ("a.png", b"\x89PNG\r\n\x1a\n" + svg(), Reason.RASTER_DAMAGED),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)
def test_what_is_wrong_with_a_file_is_said_by_name(
    name: str, source: bytes, reason: Reason, renderer: Renderer
) -> None:
    with pytest.raises(Rejected) as refusal:
        renderer.convert(source, OPAQUE, name)
    assert refusal.value.reason is reason
    assert str(refusal.value).endswith(refusal.value.hint)


def test_a_large_picture_within_bounds_is_converted() -> None:
    thumbnail = Recipe(outputs=(Output("thumbnail", "webp", 64),))
    with Renderer(seconds=100) as renderer:  # takes 2 seconds, but of a machine that does other things
        (image,) = renderer.convert(bomb(5_000, 5_000), thumbnail)
    assert image.width == 64


def test_imagemagick_never_receives_a_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("ImageMagick was called")

    drawings = [svg(), *(path.read_bytes() for path in sample(TABLER, 5) + sample(OPENMOJI, 5))]
    for source in [*drawings, *(attack.svg for attack in attacks())]:
        if raster_format(source) is None:
            with pytest.raises(Rejected):
                magick.read(source, "png")
    monkeypatch.setattr(magick, "Image", fail)
    for source in drawings:
        assert convert(source, OPAQUE)


@pytest.mark.parametrize("encoding", ["svg", "msvg", "mvg", "msl", "text", "bmp", "ps", "pdf", "ico", None])
def test_our_policy_lets_nothing_be_read_but_pictures(encoding: str | None) -> None:
    with pytest.raises(WandException):
        WandImage(blob=svg(), format=encoding)


@pytest.mark.parametrize(
    "name",
    [
        *("http://127.0.0.1:9/a.png", "https://127.0.0.1:9/a.png", "@{file}", "label:@{file}", "text:{file}"),
        *("png:{file}", "{file}", "xc:red", "caption:x", "ephemeral:{file}", "mvg:{file}"),
    ],
)
def test_our_policy_lets_nothing_be_read_by_name(name: str, tmp_path: Path) -> None:
    file = tmp_path / "icon.png"
    file.write_bytes(_PICTURES["icon.png"])
    with pytest.raises(WandException, match="security policy"):
        WandImage(filename=name.format(file=file))
    assert file.exists()


def test_our_policy_bounds_memory_and_uses_no_disk() -> None:
    assert (limits["memory"], limits["map"], limits["disk"]) == (768 * 1024**2, 0, 0)
    assert (limits["width"], limits["height"], limits["thread"]) == (128_000, 128_000, 1)
