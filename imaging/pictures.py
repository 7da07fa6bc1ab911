"""What is asked of the renderer and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

Kind = Literal["thumbnail", "preview", "watermark"]
Format = Literal["png", "webp"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How a drawing becomes images: sides of the squares in pixels, WebP quality 0..100 and effort 0..6."""

    preview: int = 512
    thumbnail: int = 128
    webp_quality: int = 75
    webp_method: int = 2  # as good as 4 at 2.2 times the speed, for 6 % more bytes

    def __post_init__(self) -> None:
        if not 16 <= self.thumbnail <= self.preview <= 4096 or self.preview % self.thumbnail:
            raise ValueError(
                "Recipe: the preview's side must be a whole multiple of the thumbnail's, 16 to 4096."
            )

    @property
    def reduction(self) -> int:
        """How many preview pixels, a side, make one thumbnail pixel."""
        return self.preview // self.thumbnail


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
        """MIME type, ``image/png`` or ``image/webp``."""
        return f"image/{self.format}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A drawing made safe and its images: thumbnail png+webp, preview png+webp, watermark webp.

    ``svg`` is the sanitised drawing, ``width`` x ``height`` its own size in CSS pixels. ``palette`` holds its
    colours as lower-case ``#rrggbb``, the most seen first.
    """

    svg: bytes = field(repr=False)
    width: float
    height: float
    palette: tuple[str, ...]
    images: tuple[Image, ...]

    def image(self, kind: Kind, encoding: Format) -> Image:
        """The one image of that *kind* and *encoding*; ``KeyError`` when it was not made."""
        for image in self.images:
            if (image.kind, image.format) == (kind, encoding):
                return image
        raise KeyError((kind, encoding))
