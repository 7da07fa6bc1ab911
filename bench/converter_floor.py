"""The floor: render and encode alone. ``python -m bench.converter_floor FOLDER RECIPE FIRST STEP``.

Every STEP-th file from the FIRST, read before and its images thrown away: no listing, no writing, no
checkpoint, no supervision.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

os.environ["VIPS_CONCURRENCY"] = "1"
from imaging import OPAQUE, Recipe, Rejected, convert

RECIPES: Mapping[str, Recipe] = {"opaque": OPAQUE, "alpha": Recipe()}


def main() -> None:
    """Convert; say how many could not be."""
    folder, recipe = Path(sys.argv[1]), RECIPES[sys.argv[2]]
    sources = [path.read_bytes() for path in sorted(folder.iterdir())][int(sys.argv[3]) :: int(sys.argv[4])]
    rejected = 0
    for source in sources:
        try:
            convert(source, recipe)
        except Rejected:
            rejected += 1
    print(rejected)


if __name__ == "__main__":
    main()
