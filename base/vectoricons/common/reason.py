"""Why something cannot be done: a code for programs, a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Self


class Causes(Enum):
    """A stable code, what is wrong (completing a thing's name into a sentence), and what can be done.

    The code is the contract (stored, sent, translated); title and hint are words and may be improved. Who
    refuses lists its own: ``NAME = (code, title, hint)``.
    """

    code: str
    title: str
    hint: str

    def __init__(self, code: str, title: str, hint: str) -> None:
        self.code = code
        self.title = title
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Reason:
    """Why this one thing: a code, a clause that completes its name into a sentence, and advice."""

    code: str
    detail: str
    hint: str

    @classmethod
    def of(cls, cause: Causes, detail: str = "") -> Self:
        """The reason for *cause*; *detail* is said in place of its general words."""
        return cls(cause.code, detail or cause.title, cause.hint)

    def __str__(self) -> str:
        return f"{self.detail}. {self.hint}"
