"""Why a file was not converted, or a run could not begin: codes for programs, sentences for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Self

from imaging import Rejected


class Cause(Enum):
    """A stable code, what is wrong (completing a key into a sentence), and what can be done."""

    code: str
    title: str
    hint: str

    EMPTY = (
        "file-empty",
        "is empty",
        "Export the drawing again, or delete the file.",
    )
    TOO_LARGE = (
        "file-too-large",
        "is too large to be read",
        "Simplify it, or leave it out with `exclude`.",
    )
    NAME_NOT_UTF8 = (
        "name-not-utf8",
        "has a name that is not UTF-8",
        "Rename the file in plain letters.",
    )
    LEADS_OUT = (
        "unsafe-key",
        "has a key that leads out of its folder",
        "Rename the object: no part of its key may be `..`, and it may not begin with a slash.",
    )
    MISSING = (
        "file-missing",
        "is not there any more",
        "Nothing to do if it was deleted on purpose.",
    )
    CHANGED = (
        "file-changed",
        "was replaced while it was read",
        "Run again with --retry-failed and this report.",
    )
    UNREADABLE = (
        "source-denied",
        "may not be read",
        "Grant s3:GetObject on it (a folder: read permission), then run with --retry-failed and this report.",
    )
    UNWRITABLE = (
        "target-denied",
        "was converted, but its images may not be written",
        "Grant s3:PutObject on the target (a folder: write permission), then run with --retry-failed.",
    )
    NOT_ANSWERING = (
        "storage-unavailable",
        "could not be read or written because the storage did not answer",
        "Run again with --retry-failed and this report.",
    )
    FAULT = (
        "converter-fault",
        "met a fault of the converter",
        "The log has the details. Please report it; --retry-failed tries again.",
    )

    def __init__(self, code: str, title: str, hint: str) -> None:
        self.code = code
        self.title = title
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Problem:
    """Why this file: a code, a clause that completes its key into a sentence, and advice."""

    code: str
    detail: str
    hint: str

    @classmethod
    def of(cls, cause: Cause, detail: str = "") -> Self:
        """The problem for *cause*; *detail* is said in place of its general words."""
        return cls(cause.code, detail or cause.title, cause.hint)

    @classmethod
    def of_drawing(cls, rejected: Rejected) -> Self:
        """What the renderer said, with the line it said it of."""
        where = f" (line {rejected.line})" if rejected.line else ""
        return cls(rejected.code, f"{rejected.detail}{where}", rejected.hint)

    def __str__(self) -> str:
        return f"{self.detail}. {self.hint}"


class Failed(Exception):
    """One file that cannot be converted; the run goes on."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        self.problem = Problem.of(cause, detail)
        super().__init__(str(self.problem))


class CannotRun(Exception):
    """The whole run cannot begin, or cannot go on: a sentence that says what was wrong, where, what to do."""
