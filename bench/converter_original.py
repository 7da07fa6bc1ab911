"""The original program itself, from a checkout.

Even where ``is_local`` is set it asks STS for a role and Postgres for the contributor, and it copies a file
into a folder of the file's name and then looks for it at that name. Three lines of the checkout must be
changed so that it does not; nothing else, and nothing is written into it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.processes import Measured, measured
from imaging.watermark import DESIGN

PLACE = Path("bench") / "icons" / "AAAAAAAAAAAA" / "BBBBBBBBBBBB"  # contributor, kind, family and set
CONFIG = """
is_local: true
upload_to_s3: false
local_source: .
role_arn: none
logging_output: 0
logfile: {work}/log
work_dir: {work}
ffmpegPath: {ffmpeg}
watermark_path: {work}/mark.svg
webp_sizes: {{thumbnail: 128, preview: 512, watermark: 512}}
worker_pool_size: {workers}
download_worker_pool_size: 5
process_worker_pool_size: {workers}
"""


class Original:
    """The program, built once into *work*."""

    def __init__(self, checkout: Path, work: Path) -> None:
        self._work = work
        self._program = work / "original"
        work.mkdir(parents=True)
        built = subprocess.run(["go", "build", "-o", str(self._program), "."], cwd=checkout, check=False)
        if built.returncode != 0:
            sys.exit(f"{checkout} does not build. Is it a checkout of the original converter?")

    def run(self, files: Sequence[Path], workers: int) -> tuple[Measured, int]:
        """Convert *files*; what it took, and how many were made whole. It runs where its sources are."""
        source, work = self._work / "source", self._work / "run"
        for folder in (source, work):
            shutil.rmtree(folder, ignore_errors=True)
        (source / PLACE).mkdir(parents=True)
        work.mkdir()
        for file in files:
            shutil.copy(file, source / PLACE)
        (source / ".env").touch()
        (work / "mark.svg").write_text(DESIGN.format(side=512))
        config = self._work / "config.yml"
        config.write_text(CONFIG.format(work=work, ffmpeg=shutil.which("ffmpeg"), workers=workers))
        command = [str(self._program), "-c", "bench", "-f", str(config)]
        took = measured(["env", "-C", str(source), *command])
        return took, len(list(work.rglob("*-watermark.webp")))


def given() -> Path | None:
    """The checkout that ``PEER`` names."""
    named = os.environ.get("PEER")
    return Path(named).expanduser().resolve() if named else None
