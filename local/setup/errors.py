"""What stops a command, said to a person: one sentence on what, where and what to do, and an exit code."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `make` targets and `python -m local`; 2 is click's own for a wrong command line."""

    FAILED = 1
    MACHINE = 3
    PORT = 4
    DECLARATION = 5
    SERVICE = 6
    SAMPLE = 7


class CommandError(Exception):
    """A sentence for the person at the keyboard, raised where the trouble is, printed without a trace."""

    def __init__(self, sentence: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.code = code
