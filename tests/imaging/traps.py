"""Traps that tell whether somebody called or opened a file."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_IN_OPEN = 0x20


@contextmanager
def listener() -> Iterator[tuple[str, Callable[[], bool]]]:
    """The URL of a server that only remembers, and whether it was called since last asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def was_called() -> bool:
            try:
                server.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield f"http://127.0.0.1:{server.getsockname()[1]}", was_called


@contextmanager
def watch(folder: Path) -> Iterator[Callable[[], bool]]:
    """Whether any process opened a file of *folder* since last asked: the kernel tells."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(descriptor, bytes(folder), _IN_OPEN) >= 0, os.strerror(ctypes.get_errno())

    def was_opened() -> bool:
        try:
            return bool(os.read(descriptor, 65_536))
        except BlockingIOError:
            return False

    try:
        yield was_opened
    finally:
        os.close(descriptor)
