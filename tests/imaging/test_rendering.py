"""One drawing to its images."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pixels
from PIL import ImageChops

from imaging import OPAQUE, Format, Image, Kind, Output, Reason, Recipe, Rejected, Rendered, convert, render
from imaging.raster import draw
from imaging.watermark import watermark
from tests.imaging.drawings import OPENMOJI, TABLER, sample, svg


def _decode(image: Image) -> npt.NDArray[np.int16]:
    with Pixels.open(io.BytesIO(image.data)) as picture:
        return np.asarray(picture.convert("RGBA"), dtype=np.int16)


def _pixels(rendered: Rendered, kind: Kind = "preview", encoding: Format = "png") -> npt.NDArray[np.int16]:
    return _decode(rendered.image(kind, encoding))


def _ink(pixels: npt.NDArray[np.int16]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is more than half opaque."""
    rows, columns = np.nonzero(pixels[..., 3] > 127)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def _seen(pixels: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """What is to be seen of them: nothing of colours that are transparent."""
    return np.where(pixels[..., 3:] > 0, pixels, 0)


def test_an_image_is_named_by_the_digest_of_its_bytes() -> None:
    for image in render(svg(), Recipe()).images:
        assert image.sha256 == hashlib.sha256(image.data).hexdigest()
        assert image.content_type == f"image/{image.format}"


def test_an_image_that_was_not_made_is_not_found() -> None:
    with pytest.raises(KeyError):
        render(svg(), Recipe()).image("watermark", "png")


@pytest.mark.parametrize("path", [*sample(TABLER, 1), *sample(OPENMOJI, 1)], ids=lambda path: path.stem)
def test_any_size_is_made_of_the_largest_in_the_order_asked_for(path: Path) -> None:
    outputs = (
        Output("download", "png", 1024),
        Output("thumbnail", "webp", 100),
        Output("preview", "png", 64),
    )
    rendered = render(path.read_bytes(), Recipe(outputs=outputs))
    assert [(image.kind, image.format, image.width) for image in rendered.images] == [
        ("download", "png", 1024),
        ("thumbnail", "webp", 100),
        ("preview", "png", 64),
    ]
    large = _decode(rendered.images[0])
    for image in rendered.images[1:]:
        small = _decode(image)
        assert small.shape == (image.height, image.width, 4)
        assert [edge / image.width for edge in _ink(small)] == pytest.approx(
            [edge / 1024 for edge in _ink(large)], abs=0.02
        )


def test_an_icon_file_holds_the_usual_sizes_up_to_its_own() -> None:
    recipe = Recipe(outputs=(Output("download", "ico", 256), Output("download", "ico", 48)))
    large, small = render(svg(), recipe).images
    assert large.content_type == "image/x-icon"
    for image, sides in ((large, {16, 24, 32, 48, 64, 128, 256}), (small, {16, 24, 32, 48})):
        with Pixels.open(io.BytesIO(image.data)) as icon:
            assert icon.info["sizes"] == {(side, side) for side in sides}
            icon.size = (48, 48)
            pixels = np.asarray(icon.convert("RGBA"))
        assert pixels[24, 30].tolist() == [0, 0, 0, 255]
        assert pixels[2, 2, 3] == 0


@pytest.mark.parametrize("paint", ["#0af", '#0af" stroke="red'])
def test_a_ground_is_laid_under_every_image(paint: str) -> None:
    body = f'<path fill="{paint}" d="M4 4h16v16H4z"/>'
    outputs = (*OPAQUE.outputs, Output("preview", "png", 512), Output("watermark", "png", 512))
    for ground, corner in (("#ffffff", (255, 255, 255)), ("#203040", (32, 48, 64))):
        for image in render(svg(body), Recipe(outputs=outputs, ground=ground)).images:
            with Pixels.open(io.BytesIO(image.data)) as picture:
                assert picture.mode == "RGB"
                assert picture.getpixel((image.width // 64, image.width * 5 // 64)) == pytest.approx(
                    corner, abs=6
                )
                if image.kind != "watermark":
                    middle = picture.getpixel((image.width // 2, image.width // 2))
                    assert middle == pytest.approx((0, 0xAA, 0xFF), abs=6)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Recipe(outputs=()), "no image is asked for"),
        (lambda: Output("download", "png", 8), "a png of 8 pixels"),
        (lambda: Output("download", "ico", 512), "16 to 256"),
        (lambda: Recipe(ground="white"), "white is not a colour"),
        (lambda: Recipe(quality=101), "quality is 0 to 100"),
        (lambda: render(svg(), Recipe(outputs=(Output("preview", "png", None),))), "raster sources only"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused_in_words(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=f"Recipe: .*{said}"):
        make()


def test_a_drawing_of_one_colour_is_kept_exactly_in_every_format() -> None:
    body = '<g fill="none" stroke="#0af" opacity=".7"><path d="M2 2l20 20"/><circle cx="9" cy="9" r="5"/></g>'
    drawing = svg(body)
    rendered = render(drawing, Recipe())
    exact = np.asarray(draw(drawing.replace(b"<svg", b'<svg width="512" height="512"')), dtype=np.int16)
    for encoding in ("png", "webp"):
        pixels = _pixels(rendered, encoding=encoding)
        assert (pixels[..., 3] == exact[..., 3]).all()
        assert (pixels[pixels[..., 3] > 0][:, :3] == (0x00, 0xAA, 0xFF)).all()
    assert rendered.palette == ("#00aaff",)
    assert len(rendered.image("preview", "png").data) < 20_000


def test_a_drawing_of_many_colours_is_exact_as_png_and_close_as_webp() -> None:
    path = sample(OPENMOJI, 1)[0]
    rendered = render(path.read_bytes(), Recipe())
    drawing = path.read_bytes().replace(b"<svg ", b'<svg width="512" height="512" ')
    exact = np.asarray(draw(drawing), dtype=np.int16)
    assert (_pixels(rendered) == exact).all()
    lossy = _pixels(rendered, encoding="webp")
    assert np.abs(lossy[..., 3] - exact[..., 3]).max() <= 2
    opaque = exact[..., 3] == 255
    assert np.abs(lossy[opaque] - exact[opaque]).mean() < 3


@pytest.mark.parametrize(
    ("body", "one_colour"),
    [
        ('<path d="M0 0h9v9z"/>', True),
        ('<g fill="#000"><path d="M0 0h9v9z"/><path stroke="black" d="M9 9h9"/></g>', True),
        ('<g color="red" stroke="currentColor" fill="none"><path d="M0 0h9v9"/></g>', True),
        ('<clipPath id="a"><path d="M0 0h9v9z"/></clipPath><path clip-path="url(#a)" d="M0 0h9v9z"/>', True),
        ('<path fill="red" d="M0 0h9v9z"/><path d="M9 9h9v9z"/>', False),
        ('<path fill="red" stroke="#000" d="M0 0h9v9z"/>', False),
        ('<path style="fill:red" d="M0 0h9v9z"/>', False),
        ('<linearGradient id="a"><stop/></linearGradient><path fill="url(#a)" d="M0 0h9v9z"/>', False),
        ('<g mask="url(#a)"><path d="M0 0h9v9z"/></g>', False),
        ('<path fill="rebeccapurple" stroke="inherit" d="M0 0h9v9z"/>', False),
    ],
)
def test_one_colour_is_told_from_many(body: str, one_colour: bool) -> None:
    with Pixels.open(io.BytesIO(render(svg(body), Recipe()).image("preview", "png").data)) as picture:
        assert picture.mode == ("P" if one_colour else "RGBA")


def test_the_palette_names_the_colours_by_how_much_is_seen_of_them() -> None:
    body = """<style>.a{fill:#0000FF}</style>
      <rect class="a" width="20" height="20"/><rect width="9" height="9" style="fill:RED;stroke:#f00"/>
      <path d="M0 22h24v2H0z"/><rect width="1" height="1" fill="rgb(0,255,0)" stroke="none"/>
      <linearGradient id="g"><stop stop-color="gold"/></linearGradient>"""
    assert render(svg(body), Recipe()).palette == ("#0000ff", "#ff0000", "#000000", "#00ff00", "#ffd700")


def test_a_palette_is_short() -> None:
    body = "".join(f'<rect x="{n}" width="1" height="9" fill="#{n:02x}0000"/>' for n in range(24))
    assert len(render(svg(body), Recipe()).palette) == 16


@pytest.mark.parametrize(
    ("attributes", "ink", "size"),
    [
        ('viewBox="0 0 24 12"', (0, 128, 512, 384), (24, 12)),
        ('viewBox="0 0 12 24"', (128, 0, 384, 512), (12, 24)),
        ('width="12" height="24" viewBox="0 0 24 24"', (128, 128, 384, 384), (12, 24)),
        ('width="48" viewBox="0 0 24 12"', (0, 128, 512, 384), (48, 24)),
        ('height="48" viewBox="0 0 12 24"', (128, 0, 384, 512), (24, 48)),
        ('width="1in" height="96" preserveAspectRatio="none" viewBox="0 0 9 24"', (0, 0, 512, 512), (96, 96)),
    ],
)
def test_a_drawing_of_any_shape_stands_whole_in_the_middle(
    attributes: str, ink: tuple[int, ...], size: tuple[float, float]
) -> None:
    rendered = render(svg('<rect width="24" height="24"/>', attributes), Recipe())
    assert _ink(_pixels(rendered)) == ink
    assert (rendered.width, rendered.height) == size


def test_a_hairline_of_a_drawing_is_still_drawn() -> None:
    assert render(svg('<rect width="9000" height="1"/>', 'viewBox="0 0 9000 1"'), Recipe()).images


def test_a_millimetre_is_as_long_as_in_a_browser() -> None:
    rendered = render(svg('<rect width="1in" height="25.4mm"/>', 'viewBox="0 0 192 192"'), Recipe())
    assert _ink(_pixels(rendered)) == (0, 0, 256, 256)


def test_the_thumbnail_is_the_preview_made_small_without_dark_fringes() -> None:
    rendered = render(
        svg('<circle cx="12" cy="12" r="9" fill="#fff"/><path fill="#ff0" d="M0 0h1v1z"/>'), Recipe()
    )
    pixels = _pixels(rendered, "thumbnail")
    assert (pixels[pixels[..., 3] > 8][:, :2] >= 250).all()


@pytest.mark.parametrize("paint", ["#fff", "#000", "none"])
def test_the_watermark_shows_on_every_ground_and_keeps_what_is_transparent(paint: str) -> None:
    body = f'<rect width="24" height="12" fill="{paint}"/><path fill="#123" d="M20 20h1v1h-1z"/>'
    rendered = render(svg(body), Recipe())
    marked, plain = _pixels(rendered, "watermark", "webp"), _pixels(rendered, "preview", "webp")
    changed = np.abs(_seen(marked) - _seen(plain)).max(axis=2) > 32
    quarters = [
        changed[y : y + 128, x : x + 128].mean() for y in range(0, 512, 128) for x in range(0, 512, 128)
    ]
    assert min(quarters) > 0.03, "no part of the picture is free of it"
    assert max(quarters) < 0.25, "the picture can be seen"
    assert (marked[..., 3] == 0).mean() > 0.3


def test_white_on_nothing_is_a_picture() -> None:
    assert render(svg('<path fill="#fff" d="M4 4h9v9z"/>'), Recipe()).palette == ("#ffffff",)


def test_what_librsvg_will_not_draw_is_said_to_be_so() -> None:
    with pytest.raises(Rejected) as refusal:
        draw(b"<svg/>")
    assert refusal.value.reason is Reason.RENDERER_FAILED


def test_a_line_icon_costs_few_bytes() -> None:
    sizes = [
        sum(len(image.data) for image in render(path.read_bytes(), Recipe()).images)
        for path in sample(TABLER, 9)
    ]
    assert max(sizes) < 60_000


@pytest.mark.parametrize(
    "body",
    [
        '<path fill="red" d="M0 0h9v9z"/><path fill="#12a" opacity=".5" d="M4 4h16v16z"/>',
        '<style>path{fill:red;stroke:blue}rect{opacity:.5}</style><path d="M4 4h9v9z"/>',
    ],
)
@pytest.mark.parametrize("attributes", ['viewBox="0 0 24 24"', 'viewBox="0 0 24 12"', 'viewBox="2 2 9 20"'])
def test_a_drawing_converted_on_a_ground_is_the_one_rendered_and_laid_on_it(
    body: str, attributes: str
) -> None:
    recipe = Recipe(outputs=(Output("preview", "png", 512),), ground="#fff0e0")
    (there,) = convert(svg(body, attributes), recipe)
    (here,) = render(svg(body, attributes), recipe).images
    assert np.abs(_decode(there) - _decode(here)).max() <= 1


def test_white_on_a_white_ground_is_a_picture_and_nothing_at_all_is_none() -> None:
    white = '<path fill="#fff" d="M4 4h9v9z"/><path fill="#fff" style="opacity:.9" d="M4 4h9v9z"/>'
    assert len(convert(svg(white), OPAQUE)) == 3
    with pytest.raises(Rejected) as refusal:
        convert(svg('<path style="fill:none" d="M4 4h9v9z"/>'), OPAQUE)
    assert refusal.value.reason is Reason.EMPTY_PICTURE


@pytest.mark.parametrize("side", [64, 100, 512, 777])
def test_the_mark_is_laid_on_in_pieces_as_it_would_be_as_a_whole(side: int) -> None:
    white = Pixels.new("RGB", (side, side), "white")
    marked = watermark(white)
    on_nothing = watermark(Pixels.new("RGBA", (side, side)))
    assert on_nothing.getchannel("A").getextrema()[1] <= 140, "no piece lies over another"
    whole = Pixels.alpha_composite(white.convert("RGBA"), on_nothing).convert("RGB")
    assert max(high for _, high in ImageChops.difference(marked, whole).getextrema()) <= 1
    shown = ImageChops.difference(marked, white).convert("L").point([0] * 16 + [255] * 240)
    assert 0.02 < sum(shown.histogram()[128:]) / side**2 < 0.4
