"""Packages from npm that are measured or compared with, at fixed versions, in a cache outside the tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CACHE = Path.home() / ".cache" / "vectoricons" / "bench"
_QUIET = ("--no-audit", "--no-fund", "--ignore-scripts")


def installed(packages: Sequence[str], folder: Path = CACHE) -> Path:
    """The ``node_modules`` of *folder* with *packages*, filled once."""
    mark, wanted = folder / "installed", "\n".join(packages)
    if not mark.is_file() or mark.read_text() != wanted:
        if shutil.which("npm") is None:
            sys.exit("npm is needed to fetch packages (Debian: apt-get install npm).")
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["npm", "install", *_QUIET, "--prefix", str(folder), *packages], check=False)
        if done.returncode != 0:
            sys.exit("npm could not fetch the packages. Check the network and run again.")
        mark.write_text(wanted)
    return folder / "node_modules"
