"""The memory of a run over half a million listed keys, one in 500 of which is converted.

``python -m bench.converter_memory``. The listing is simulated and so is the target, which says of all others
that they are unchanged. All else is real: the stages, the drawing, the checkpoint.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from bench.processes import tree_memory
from bench.upload_icons import real_icons
from containers.converter.checkpoint import LocalCheckpoint
from containers.converter.pipeline import Pipeline, Width
from containers.converter.results import Drawn, Found, Outcome, Result, Totals
from containers.converter.targets import Seal
from imaging import OPAQUE

KEYS = 500_000
PAGE = 1000
EACH = 500


class Simulated:
    """A bucket of half a million keys."""

    def __init__(self) -> None:
        self._icons = list(real_icons(200).values())

    def pages(self) -> Iterator[Sequence[Found]]:
        """As S3 would list them."""
        for first in range(0, KEYS, PAGE):
            yield [
                Found(f"contributor-{n % 97}/family-{n % 1009}/{n:07}.svg", 1000, f"{n:032x}")
                for n in range(first, first + PAGE)
            ]

    def read(self, found: Found) -> bytes:
        """A real drawing."""
        return self._icons[int(found.version, 16) % len(self._icons)]


class Nowhere:
    """A target in which nearly everything is there already, and which forgets what it is given."""

    def seal(self, found: Found) -> Seal | None:
        """Of all but one in 500."""
        is_there = int(found.version, 16) % EACH
        return Seal(found.version, "", "", "another", 3000) if is_there else None

    def settled(self, found: Found, seal: Seal) -> Result:
        """Unchanged."""
        return Result(found=found, outcome=Outcome.UNCHANGED)

    def put(self, drawn: Drawn) -> Result:
        """Converted."""
        return Result(found=drawn.original.found, outcome=Outcome.CONVERTED, bytes_out=drawn.size)


def main() -> None:
    """Run it and say how much memory each process took, early and at the end."""
    seen: list[tuple[int, list[int]]] = []

    def look(totals: Totals) -> None:
        if not seen or totals.done - seen[-1][0] >= KEYS // 20:
            seen.append((totals.done, tree_memory(os.getpid())))

    with tempfile.TemporaryDirectory(prefix="bench-memory-") as folder:
        checkpoint = LocalCheckpoint(Path(folder) / "checkpoint.sqlite", resume=False)
        options: dict[str, Any] = {"recipe": OPAQUE, "width": Width(2, 4), "stop": Event()}
        pipeline = Pipeline(
            listing=Simulated(),
            target=Nowhere(),
            checkpoint=checkpoint,
            pending=checkpoint.unsettled,
            **options,
        )
        pipeline.run(look)
        totals = checkpoint.totals()
        checkpoint.close()
    early = next(held for done, held in seen if done >= KEYS // 10)
    peak = max(max(held) for _, held in seen)
    print(
        f"memory over {totals.done:,} listed keys (simulated), {totals.converted:,} really converted: "
        f"the pipeline {early[0] / 1e6:.0f} MB after a tenth and {seen[-1][1][0] / 1e6:.0f} MB at the end, "
        f"the largest process {peak / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
