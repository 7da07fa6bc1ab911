"""Operations that begin at the same moment, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

PATIENCE = 60


def at_once(*bodies: Callable[[], object]) -> list[Exception]:
    """What went wrong in *bodies*. One that has not ended by then is an error of the test."""
    wrong: list[Exception] = []
    barrier = threading.Barrier(len(bodies))

    def run(body: Callable[[], object]) -> None:
        barrier.wait()
        try:
            body()
        except Exception as error:  # a thread's error must fail the test
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(body,), daemon=True) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
        assert not thread.is_alive(), "An operation does not end: it waits for another."
    return wrong
