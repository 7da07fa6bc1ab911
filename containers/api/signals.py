"""Hearing that the process is to end, beside the server's own handler."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable


def when_told_to_end(effect: Callable[[], object]) -> None:
    """Call *effect*, in a thread, at the first signal this process handles (SIGTERM, SIGINT).

    Granian's workers set handlers of their own after the app is made, and wait for open answers to finish.
    The wake-up descriptor hears of a signal whoever handles it. Call from the main thread.
    """
    ear, mouth = os.pipe()
    os.set_blocking(mouth, False)
    signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)

    def listen() -> None:
        os.read(ear, 1)
        effect()

    threading.Thread(target=listen, name="signals", daemon=True).start()
