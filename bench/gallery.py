"""Two hundred real icons, ours beside a browser's, the ten largest differences first.

``python -m bench.gallery`` (``make gallery``) writes ``.gallery/index.html`` and a picture of its top,
``.gallery/gallery.png``. The icons come from the installed packages. The last line is JSON.
"""

from __future__ import annotations

import base64
import html
import io
import json
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

from bench.browser import CHROMIUM, mean_off, share_off, shown
from bench.upload_icons import real_icons
from imaging import Recipe, convert

COUNT, WORST, SIDE = 200, 10, 512
FOLDER = Path(".gallery")
_STYLE = """
body{margin:48px;background:#f6f7fb;color:#171b28;font:15px/1.5 "DejaVu Sans",sans-serif}
h1{font-size:28px;margin:0}h2{font-size:18px;margin:40px 0 16px}p{color:#5b6275;margin:4px 0 0}
.worst{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px}
.all{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:12px}
figure{margin:0;padding:14px;background:#fff;border:1px solid #dfe3ee;border-radius:14px}
.pair{display:flex;gap:10px}.pair img{flex:1;min-width:0;aspect-ratio:1}
figcaption{margin-top:8px;font-size:12px;color:#5b6275;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
b{color:#171b28;font-weight:600}
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """An icon as we draw it and as a browser does: the share of blocks that are *off*, and *mean* levels."""

    name: str
    ours: Image.Image
    browser: Image.Image
    off: float
    mean: float


def main() -> None:
    """Draw, compare, write the page and its picture."""
    pairs = sorted(_pairs(), key=lambda pair: (-pair.off, -pair.mean))
    FOLDER.mkdir(exist_ok=True)
    page = FOLDER / "index.html"
    page.write_text(_page(pairs))
    _photograph(page, FOLDER / "gallery.png")
    print(f"{page.absolute()}")
    wrong = sum(pair.off > 0.02 for pair in pairs)
    worst = pairs[0]
    print(
        json.dumps(
            {"icons": len(pairs), "wrong": wrong, "worst": worst.name, "worst_off": round(worst.off, 5)}
        )
    )


def _pairs() -> list[Pair]:
    icons = real_icons(COUNT)
    pairs = []
    for (name, svg), browser in zip(icons.items(), shown(list(icons.values()), SIDE), strict=True):
        preview = next(image for image in convert(svg, Recipe()) if image.kind == "preview")
        ours = _on_white(Image.open(io.BytesIO(preview.data)))
        pairs.append(Pair(name, ours, browser, share_off(ours, browser), mean_off(ours, browser)))
    return pairs


def _on_white(picture: Image.Image) -> Image.Image:
    rgba = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


def _page(pairs: list[Pair]) -> str:
    largest = max(pair.off for pair in pairs)
    worst = "".join(_figure(pair, with_difference=True) for pair in pairs[:WORST])
    others = sorted(pairs[WORST:], key=lambda pair: pair.name)
    return (
        f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{_STYLE}</style>"
        f"<h1>{len(pairs)} icons, ours beside a browser's</h1>"
        f"<p>Left ours, right Chromium's, each {SIDE} pixels. At most {largest:.2%} of the "
        "8 x 8 blocks of any icon differ by more than 24 levels of 255; 2 % is the limit.</p>"
        f"<h2>The {WORST} largest differences</h2><div class=worst>{worst}</div>"
        f"<h2>All others</h2><div class=all>{''.join(_figure(pair) for pair in others)}</div>"
    )


def _figure(pair: Pair, *, with_difference: bool = False) -> str:
    pictures = [pair.ours, pair.browser]
    if with_difference:
        pictures.append(ImageChops.invert(ImageChops.difference(pair.ours, pair.browser)))
    images = "".join(
        f'<img alt="" src="{_source(picture, 240 if with_difference else 120)}">' for picture in pictures
    )
    said = f"<b>{html.escape(pair.name)}</b> {pair.off:.2%} of blocks, {pair.mean:.2f} levels"
    return f"<figure><div class=pair>{images}</div><figcaption>{said}</figcaption></figure>"


def _source(picture: Image.Image, side: int) -> str:
    file = io.BytesIO()
    picture.resize((side, side), Image.Resampling.BOX).save(file, "WEBP", quality=85)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def _photograph(page: Path, target: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        view = browser.new_page(viewport={"width": 1400, "height": 1750})
        view.goto(page.absolute().as_uri(), wait_until="load")
        view.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main()
