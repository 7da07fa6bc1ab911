"""Where the floor's time goes. ``python -m bench.converter_stages FOLDER``: processor ms a file, as JSON.

One process alone goes through all files three times, each time one stage further: what a stage costs is what
its pass took longer than the one before.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from imaging import OPAQUE, Rejected, convert
from imaging.rendering import draw_artwork
from imaging.sanitising import read_drawing

_WARM = 20  # files


def main() -> None:
    """Go through the files and print what each stage takes."""
    sources = [path.read_bytes() for path in sorted(Path(sys.argv[1]).iterdir())]
    read, drawn, made = (_milliseconds(to_stage, sources) for to_stage in (read_drawing, _draw, _make))
    print(json.dumps({"sanitise": read, "draw": drawn - read, "encode": made - drawn}))


def _milliseconds(to_stage: Callable[[bytes], object], sources: Sequence[bytes]) -> float:
    for source in sources[:_WARM]:
        _tried(to_stage, source)
    started = time.process_time()
    for source in sources:
        _tried(to_stage, source)
    return (time.process_time() - started) / len(sources) * 1000


def _tried(to_stage: Callable[[bytes], object], source: bytes) -> None:
    with suppress(Rejected):
        to_stage(source)


def _draw(source: bytes) -> None:
    draw_artwork(read_drawing(source), OPAQUE)


def _make(source: bytes) -> None:
    convert(source, OPAQUE)


if __name__ == "__main__":
    main()
