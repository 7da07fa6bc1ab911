"""WebP settings side by side: bytes, time and likeness, for line icons and for emoji.

``python -m bench.webp`` (``make bench-webp``) encodes the same pictures of 512 px with every setting, each
three times in turn, and prints a table for docs/webp.md. Time is the processor's, the least of three; SSIM is
of brightness, against the picture that was encoded. The last line is JSON: our choice for colour beside
libwebp's default, which is method 4.
"""

from __future__ import annotations

import io
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean

from PIL import Image

from bench.ssim import grey, ssim
from bench.upload_icons import real_icons
from imaging.raster import draw_square, draw_square_on
from imaging.sanitising import read_drawing
from imaging.watermark import watermark

COUNT = 20
ROUNDS = 3
SETTINGS: Mapping[str, Mapping[str, object]] = {
    **{f"q75, method {method}": {"quality": 75, "method": method} for method in (0, 1, 2, 4, 6)},
    "q60, method 2": {"quality": 60, "method": 2},
    "q90, method 2": {"quality": 90, "method": 2},
    "lossless, effort 0": {"lossless": True, "quality": 0, "method": 0},
    "lossless, effort 1": {"lossless": True, "quality": 0, "method": 1},
    "lossless, effort 4": {"lossless": True, "quality": 75, "method": 4},
}
DEFAULT, OURS = "q75, method 4", "q75, method 2"


@dataclass(slots=True)
class Row:
    """What one setting made of all pictures of a kind."""

    sizes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    likeness: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        loss = 1 - fmean(self.likeness)
        return f"{fmean(self.sizes):,.0f} | {fmean(self.seconds) * 1000:.1f} | {loss:.5f}"


def main() -> None:
    """Encode everything and say how it went."""
    tables = {kind: _measured(pictures) for kind, pictures in _pictures().items()}
    for kind, table in tables.items():
        print(f"\n| {kind} | bytes | ms | 1 - SSIM |\n|---|--:|--:|--:|")
        for setting, row in table.items():
            print(f"| {setting} | {row} |")
    colour = tables["emoji on white"]
    print(json.dumps(_ratios(colour[OURS], colour[DEFAULT])))


def _pictures() -> dict[str, list[Image.Image]]:
    icons = {name: read_drawing(svg) for name, svg in real_icons(COUNT).items()}
    lines = [drawing for name, drawing in icons.items() if name.startswith("outline")]
    emoji = [drawing for name, drawing in icons.items() if not name.startswith("outline")]
    on_white = {
        "line icons": [draw_square_on(drawing, 512, "#ffffff") for drawing in lines],
        "emoji": [draw_square_on(drawing, 512, "#ffffff") for drawing in emoji],
    }
    return {
        **{f"{kind} on white": pictures for kind, pictures in on_white.items()},
        **{
            f"{kind} under the mark": [watermark(each) for each in pictures]
            for kind, pictures in on_white.items()
        },
        "line icons, transparent": [draw_square(drawing, 512) for drawing in lines],
        "emoji, transparent": [draw_square(drawing, 512) for drawing in emoji],
    }


def _measured(pictures: list[Image.Image]) -> dict[str, Row]:
    table = {setting: Row() for setting in SETTINGS}
    for picture in pictures:
        original = grey(picture)
        best = dict.fromkeys(SETTINGS, math.inf)
        for _ in range(ROUNDS):
            for setting, options in SETTINGS.items():
                started = time.process_time()
                _encoded(picture, options)
                best[setting] = min(best[setting], time.process_time() - started)
        for setting, options in SETTINGS.items():
            data = _encoded(picture, options)
            table[setting].sizes.append(len(data))
            table[setting].seconds.append(best[setting])
            table[setting].likeness.append(ssim(original, grey(Image.open(io.BytesIO(data)))))
    return table


def _encoded(picture: Image.Image, options: Mapping[str, object]) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", **options)
    return file.getvalue()


def _ratios(ours: Row, default: Row) -> dict[str, float]:
    return {
        "speed": round(fmean(default.seconds) / fmean(ours.seconds), 2),
        "bytes": round(fmean(ours.sizes) / fmean(default.sizes), 3),
        "ssim": round(fmean(ours.likeness), 5),
        "default_ssim": round(fmean(default.likeness), 5),
    }


if __name__ == "__main__":
    main()
