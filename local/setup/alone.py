"""One at a time: a lock between processes, gone with the process that holds it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_directory() -> Path:
    """Where things that outlive a clone are kept, by the XDG convention."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vectoricons"


@contextmanager
def alone(subject: Path, waiting: Callable[[], object]) -> Iterator[None]:
    """Hold the lock on *subject*; call *waiting* once if another process has it.

    The lock lies in the cache directory, because a subject may be deleted while it is locked.
    """
    folder = cache_directory() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(str(subject.absolute()).encode()).hexdigest()[:16]
    with (folder / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
