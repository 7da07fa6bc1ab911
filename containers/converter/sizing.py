"""How wide a run is by itself: a renderer a core, and transfers enough to hide the network behind them."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from pathlib import Path

PROBES = 3
FEWEST, MOST = 2, 32
RATE = 60  # files a second and worker, at most: line icons; what is slower needs fewer transfers
REQUESTS = 4  # a file: one to read it, about three to store its images
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def default_workers() -> int:
    """The cores this process may use: its affinity, or less where a container has a quota."""
    cores = len(os.sched_getaffinity(0))
    try:
        quota, period = _QUOTA.read_text().split()
        return max(1, min(cores, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no cgroup, or "max"
        return cores


def default_fetchers(workers: int, probe: Callable[[], object]) -> int:
    """Transfers under way at once, by Little's law: requests a second times the seconds of one.

    *probe* asks the storage something small. The median of a few counts.
    """
    seconds = []
    for _ in range(PROBES):
        started = time.monotonic()
        probe()
        seconds.append(time.monotonic() - started)
    needed = math.ceil(workers * RATE * REQUESTS * sorted(seconds)[PROBES // 2])
    return min(MOST, max(FEWEST, needed))
