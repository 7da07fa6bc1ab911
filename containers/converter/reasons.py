"""Why a file was not converted, or a run could not begin: codes for programs, sentences for people."""

from __future__ import annotations

from imaging import Rejected
from vectoricons.common.reason import Causes, Reason


class Cause(Causes):
    """Of one file; the name they complete is its key."""

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


def reason_of(rejected: Rejected) -> Reason:
    """What the renderer said, with the line it said it of."""
    where = f" (line {rejected.line})" if rejected.line else ""
    return Reason(rejected.code, f"{rejected.detail}{where}", rejected.hint)


class Failed(Exception):
    """One file that cannot be converted; the run goes on."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        self.reason = Reason.of(cause, detail)
        super().__init__(str(self.reason))


class CannotRun(Exception):
    """The whole run cannot begin, or cannot go on: a sentence that says what was wrong, where, what to do."""
