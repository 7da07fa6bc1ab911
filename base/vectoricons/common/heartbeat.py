"""A sign of life: each turn of a process's loop touches a file, whose age is the container's health.

The image names the file (``HEARTBEAT_FILE``); where nobody looks, nothing is written.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

VARIABLE = "HEARTBEAT_FILE"
LONGEST_SILENCE = 480.0
"""Seconds. A sound process is silent for 400 at most: a pause of 300 after SQS failed, then five tries."""


def beat() -> None:
    """The loop has come round once more."""
    file = os.environ.get(VARIABLE)
    if file:
        Path(file).touch()


def verdict(file: Path, now: float) -> str:
    """Why the process that touches *file* cannot be called alive at *now*; empty when it can."""
    try:
        silent = now - file.stat().st_mtime
    except FileNotFoundError:
        return "The loop has not come round yet."
    return f"The loop last came round {silent:.0f} seconds ago." if silent > LONGEST_SILENCE else ""


def main() -> None:
    """The health check of an image whose processes beat: a sentence and status 1 when they do not."""
    trouble = verdict(Path(os.environ[VARIABLE]), time.time())
    if trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
