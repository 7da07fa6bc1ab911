"""The peer: what the original converter does for a file, by the same programs.

``python -m bench.converter_peer FOLDER TARGET WORKERS`` converts the files that standard input names. It
launches eight programs a file: rsvg-convert of the thumbnail, the preview, the preview again, and the mark;
ffmpeg to lay the mark over; ffmpeg to WebP three times. ``rsvg-convert -w -h`` stretches what is not square,
as the original does; the mark lies where it should, which the original's does not.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from imaging.watermark import DESIGN  # the same mark for both, or their bytes say nothing

SIDES = {"thumbnail": 128, "preview": 512, "marked": 512}
_QUIET = ("ffmpeg", "-nostdin", "-loglevel", "error", "-y")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The original's pipeline for one file after another, *workers* at a time."""

    work: Path
    target: Path
    workers: int

    def run(self, files: list[Path]) -> int:
        """Convert *files*; how many failed."""
        self.work.mkdir(parents=True, exist_ok=True)
        self.target.mkdir(parents=True, exist_ok=True)
        (self.work / "mark.svg").write_text(DESIGN.format(side=512))
        with ThreadPoolExecutor(self.workers) as pool:
            return sum(not good for good in pool.map(self._convert, files))

    def _convert(self, file: Path) -> bool:
        try:
            for command in self._commands(file):
                subprocess.run(command, check=True, capture_output=True)
        except subprocess.CalledProcessError:
            return False
        return True

    def _commands(self, file: Path) -> list[list[str]]:
        pictures = {kind: f"{self.work}/{file.stem}-{kind}.png" for kind in SIDES}
        mark, laid = f"{self.work}/{file.stem}-mark.png", f"{self.work}/{file.stem}-laid.png"
        drawn = [_drawing(str(file), pictures[kind], side, "white") for kind, side in SIDES.items()]
        drawn.append(_drawing(f"{self.work}/mark.svg", mark, 512, "none"))
        over = [*_QUIET, "-i", pictures["marked"], "-i", mark]
        over += ["-filter_complex", "overlay=0:0", "-update", "1", "-frames:v", "1", laid]
        encoded = {"thumbnail": pictures["thumbnail"], "preview": pictures["preview"], "watermark": laid}
        webps = [
            webp(picture, f"{self.target}/{file.stem}-{kind}.webp", "-vf", "format=yuv420p")
            for kind, picture in encoded.items()
        ]
        return [*drawn, over, *webps]


def webp(picture: str, image: str, *options: str) -> list[str]:
    """ffmpeg to WebP of quality 75."""
    return [*_QUIET, "-i", picture, *options, "-c:v", "libwebp", "-q:v", "75", image]


def _drawing(svg: str, png: str, side: int, ground: str) -> list[str]:
    return ["rsvg-convert", "-w", str(side), "-h", str(side), "-b", ground, svg, "-o", png]


def main() -> None:
    """Convert the files of FOLDER that standard input names, one a line; say how many failed."""
    folder, target, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    files = [folder / name for name in sys.stdin.read().split()]
    print(Pipeline(target / "work", target, workers).run(files))


if __name__ == "__main__":
    main()
