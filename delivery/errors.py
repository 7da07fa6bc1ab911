"""What stops a command, said to a person: one sentence on what, where and what to do, and an exit code."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `delivery`; 2 is click's own for a wrong command line, a task passes on its own."""

    FAILED = 1
    MACHINE = 3
    REFUSED = 5
    TASK = 6


class DeliveryError(Exception):
    """A sentence for the person at the keyboard, raised where the trouble is, printed without a trace."""

    def __init__(self, sentence: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.code = code
