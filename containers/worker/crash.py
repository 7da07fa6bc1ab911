"""Named points at which a test may end the process, as a power cut would."""

from __future__ import annotations

import os
import signal


def crash_point(name: str) -> None:
    """End this process by SIGKILL when the environment says ``CRASH_AT=name``; else nothing."""
    if os.environ.get("CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
