"""How near images are to what they should be: the same drawing at four times the size, box by box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from PIL import Image

from bench.ssim import Grey, grey, ssim
from imaging.raster import draw_square
from imaging.sanitising import read_drawing
from imaging.watermark import watermark

SIDES = {"thumbnail": 128, "preview": 512, "watermark": 512}
FINEST = 2048


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the files that both converters made whole."""

    ours: float
    peer: float
    files: int


def compared(files: Sequence[Path], ours: Path, peer: Path) -> Quality:
    """SSIM of both against the reference, over square drawings: the peer stretches the others."""
    pairs = [pair for file in files if (pair := _compare(file, ours, peer)) is not None]
    return Quality(fmean(our for our, _ in pairs), fmean(other for _, other in pairs), len(pairs))


def _compare(file: Path, ours: Path, peer: Path) -> tuple[float, float] | None:
    made = [
        [grey(Image.open(folder / f"{file.stem}-{kind}.webp")) for kind in SIDES]
        for folder in (ours, peer)
        if all((folder / f"{file.stem}-{kind}.webp").exists() for kind in SIDES)
    ]
    references = _references(file) if len(made) == 2 else None
    if references is None:
        return None
    our, other = (fmean(map(ssim, references, images)) for images in made)
    return our, other


def _references(file: Path) -> list[Grey] | None:
    drawing = read_drawing(file.read_bytes())
    if drawing.size.width != drawing.size.height:
        return None
    drawn = draw_square(drawing, FINEST)
    finest = Image.new("RGB", drawn.size, "white")
    finest.paste(drawn, mask=drawn if drawn.mode == "RGBA" else None)
    preview = finest.reduce(FINEST // 512)
    return [grey(finest.reduce(FINEST // 128)), grey(preview), grey(watermark(preview))]
