"""What is asked of the renderer and what comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from imaging.bodies import Body
from imaging.hints import Hint

Kind = Literal["thumbnail", "preview", "watermark", "download"]
Format = Literal["png", "webp", "ico"]

_CONTENT_TYPES: Mapping[Format, str] = {"png": "image/png", "webp": "image/webp", "ico": "image/x-icon"}
_LARGEST: Mapping[Format, int] = {"png": 4096, "webp": 4096, "ico": 256}
_SMALLEST = 16
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Output:
    """One image to make: a square of *side* pixels. A ``watermark`` bears the mark, other kinds do not.

    An ICO holds the usual icon sizes up to its side. Without a side an image is as large as its raster source
    and of its shape; a drawing has no such size.
    """

    kind: Kind
    format: Format
    side: int | None

    def __post_init__(self) -> None:
        if self.side is not None and not _SMALLEST <= self.side <= _LARGEST[self.format]:
            raise ValueError(
                f"Recipe: a {self.format} of {self.side} pixels is not made here; "
                f"{_SMALLEST} to {_LARGEST[self.format]} are."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Which images a picture becomes and how: WebP *quality* 0 to 100 and *effort* 0 to 6.

    *ground* is the colour laid under it, ``#rrggbb``; without one, what is transparent stays so.
    """

    outputs: tuple[Output, ...] = (
        Output("thumbnail", "png", 128),
        Output("thumbnail", "webp", 128),
        Output("preview", "png", 512),
        Output("preview", "webp", 512),
        Output("watermark", "webp", 512),
    )
    ground: str | None = None
    quality: int = 75
    effort: int = 2  # as good as 4 at 2.2 times the speed, for 6 % more bytes

    def __post_init__(self) -> None:
        if not self.outputs:
            raise ValueError("Recipe: no image is asked for.")
        if self.ground is not None and not _COLOUR.fullmatch(self.ground):
            raise ValueError(f"Recipe: {self.ground} is not a colour such as #ffffff.")
        if not (0 <= self.quality <= 100 and 0 <= self.effort <= 6):
            raise ValueError("Recipe: quality is 0 to 100, effort 0 to 6.")

    @property
    def side(self) -> int:
        """The side to render at: that of the largest output."""
        sides = [output.side for output in self.outputs]
        if None in sides:
            raise ValueError("Recipe: an image without a side can be made of raster sources only.")
        return max(side for side in sides if side is not None)

    @classmethod
    def parse(cls, fields: Mapping[str, Any]) -> Recipe:
        """The recipe with these *fields*, as ``dataclasses.asdict`` gives them."""
        return cls(**{**fields, "outputs": tuple(Output(**output) for output in fields["outputs"])})


OPAQUE = Recipe(
    outputs=(
        Output("thumbnail", "webp", 128),
        Output("preview", "webp", 512),
        Output("watermark", "webp", 512),
    ),
    ground="#ffffff",
)
"""WebP on white alone, for viewers that expect no transparency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """An encoded image; ``sha256`` (hex, of ``data``) names it in storage."""

    kind: Kind
    format: Format
    width: int
    height: int
    data: bytes = field(repr=False)
    sha256: str

    @classmethod
    def of(cls, kind: Kind, encoding: Format, size: tuple[int, int], data: bytes) -> Image:
        """An image of *size* (width, height) with its digest taken."""
        width, height = size
        digest = sha256(data).hexdigest()
        return cls(kind=kind, format=encoding, width=width, height=height, data=data, sha256=digest)

    @property
    def content_type(self) -> str:
        """MIME type, such as ``image/webp``."""
        return _CONTENT_TYPES[self.format]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A drawing made safe and its images, in the order of the recipe's outputs.

    ``svg`` is the sanitised drawing, ``width`` x ``height`` its own size in CSS pixels. ``palette`` holds its
    colours as lower-case ``#rrggbb``, the most seen first. By ``perceptual_hash`` and ``imaging.distance``
    drawings that look the same are found; ``hints`` say what looks different here than in a browser. ``body``
    is the drawing for another's ``<svg>``.
    """

    svg: bytes = field(repr=False)
    body: Body
    width: float
    height: float
    palette: tuple[str, ...]
    perceptual_hash: str
    hints: tuple[Hint, ...]
    images: tuple[Image, ...]

    def image(self, kind: Kind, encoding: Format) -> Image:
        """The first image of that *kind* and *encoding*; ``KeyError`` when none was made."""
        for image in self.images:
            if (image.kind, image.format) == (kind, encoding):
                return image
        raise KeyError((kind, encoding))
