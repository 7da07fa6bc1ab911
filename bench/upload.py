"""How fast an upload becomes public on the running region, beside its floor and a shell user's script.

``python -m bench.upload`` (``make bench-upload``), with the region up: ``$REGION`` or ``.region``. For ZIPs
of 200 and 1,000 icons it prints the seconds from "upload finished" to the first, half and all icons public
and to the preview, and the processor seconds of each part. The floor is ``imaging`` itself in two plain
processes with the same PUTs to the same region over one kept connection each: no queue, no database, no
crash. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.upload_icons import packed, real_icons
from bench.upload_peers import Floor, floor, shell
from bench.upload_walk import Walk, walked
from local.region.record import RegionRecord, read_record
from local.region.story import Account, Story

SIZES = (200, 1000)


@dataclass(frozen=True, slots=True)
class Round:
    """One ZIP: ours, the floor with and without its PUTs, and the shell's."""

    icons: int
    walk: Walk
    floor: Floor
    shell_seconds: float | None

    @property
    def ratio(self) -> float:
        """Ours to the floor, both with every image in the region's buckets."""
        return self.walk.all_public / self.floor.seconds


def main() -> None:
    """Measure each size once and say so."""
    directory = Path(os.environ.get("REGION", ".region")).absolute()
    record, account, database = _region(directory)
    rounds = []
    for size in SIZES:
        icons = real_icons(size)
        walk = walked(record, account, database, directory, packed(icons), f"bench-{size}-{os.getpid()}.zip")
        with tempfile.TemporaryDirectory(prefix="bench-upload-") as folder:
            for name, svg in icons.items():
                (Path(folder) / name).write_bytes(svg)
            peers = (floor(Path(folder), record, directory), shell(Path(folder)))
        rounds.append(Round(size, walk, *peers))
        _report(rounds[-1])
    last = rounds[-1]
    print(
        json.dumps(
            {
                "seconds": round(last.walk.all_public, 2),
                "floor_seconds": round(last.floor.seconds, 2),
                "ratio": round(last.ratio, 3),
            }
        )
    )


def _region(directory: Path) -> tuple[RegionRecord, Account, str]:
    """What is needed of the running region; ends the process with a sentence when there is none."""
    record, story = read_record(directory), Story.read(directory)
    if record is None:
        sys.exit(f"There is no region of this version in {directory}. Start it: make up")
    if story.account is None or not story.databases:
        sys.exit(f"The region in {directory} was never finished. Finish it: make up")
    return record, story.account, story.databases[0].name


def _report(done: Round) -> None:
    walk = done.walk
    print(f"\n{done.icons:,} icons, {walk.ready:,} ready, {walk.rejected:,} rejected: seconds from its end")
    _row("taken in", walk.taken_in)
    _row("first public", walk.first_public)
    _row("half public", walk.half_public)
    _row("all public", walk.all_public)
    _row("preview and published", walk.published)
    _row("all public, without moto", walk.without_moto, "its processor seconds spread over the cores")
    print("  processor seconds")
    for part, seconds in sorted(walk.cpu.items(), key=lambda part: -part[1]):
        if seconds >= 0.05:
            _row(f"  {part}", seconds, f"{seconds / done.icons * 1000:.1f} ms an icon")
    print("  peers")
    _row("  floor", done.floor.seconds, f"{done.floor.puts:,} PUTs; ours is {done.ratio:.2f} of it")
    of_it = f"ours are {sum(walk.cpu.values()) / done.floor.cpu:.2f} of them, whatever else the machine does"
    _row("  its processor seconds", done.floor.cpu, of_it)
    _row("  floor without PUTs", done.floor.drawing_seconds)
    if done.shell_seconds is None:
        print("    shell: rsvg-convert or cwebp is not installed (apt install librsvg2-bin webp)")
    else:
        _row("  shell, xargs -P2", done.shell_seconds, "rsvg-convert and cwebp; no watermark, no PUTs")


def _row(name: str, seconds: float, note: str = "") -> None:
    print(f"  {name:<28}{seconds:8.2f}   {note}".rstrip())


if __name__ == "__main__":
    main()
