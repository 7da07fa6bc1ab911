"""What goes through the pipeline: files found, what was drawn of them, what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from imaging import Image
from vectoricons.common.reason import Reason

if TYPE_CHECKING:
    from vectoricons.uploads.settlement import Picture


class Outcome(StrEnum):
    """What became of a file."""

    CONVERTED = "converted"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was listed. *version* changes with its contents: an ETag, or size and time."""

    key: str
    size: int
    version: str


@dataclass(frozen=True, slots=True)
class Original:
    """A file that was read."""

    found: Found
    data: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The images of a file, not yet stored."""

    original: Original
    images: tuple[Image, ...]

    @property
    def size(self) -> int:
        """Bytes of all images."""
        return sum(len(image.data) for image in self.images)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a file; sizes in bytes. *pictures* are for the catalogue."""

    found: Found
    outcome: Outcome
    bytes_out: int = 0
    reason: Reason | None = None
    pictures: tuple[Picture, ...] = ()

    @classmethod
    def failed(cls, found: Found, reason: Reason) -> Result:
        """A file that was not converted."""
        return cls(found=found, outcome=Outcome.FAILED, reason=reason)


@dataclass(frozen=True, slots=True)
class Totals:
    """How a run stands. Bytes are of what was converted, this time or before."""

    converted: int = 0
    unchanged: int = 0
    failed: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Files with an outcome."""
        return self.converted + self.unchanged + self.failed

    def plus(self, results: Iterable[Result]) -> Totals:
        """With *results* counted in."""
        totals = self
        for result in results:
            totals = totals._plus_one(result)
        return totals

    def _plus_one(self, result: Result) -> Totals:
        if result.reason is not None:
            reasons = dict(self.reasons)
            reasons[result.reason.code] = reasons.get(result.reason.code, 0) + 1
            return replace(self, failed=self.failed + 1, reasons=reasons)
        if result.outcome is Outcome.UNCHANGED:
            return replace(self, unchanged=self.unchanged + 1)
        return replace(
            self,
            converted=self.converted + 1,
            bytes_in=self.bytes_in + result.found.size,
            bytes_out=self.bytes_out + result.bytes_out,
        )
