"""A run with what stands around it: counting beside converting, the report, the last words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from rich.console import Console

from containers.converter.checkpoint import Checkpoint
from containers.converter.display import Display, Events, Pace, megabytes, on_console, summary
from containers.converter.listings import Listing
from containers.converter.pipeline import Pipeline
from containers.converter.reasons import CannotRun, Failed
from containers.converter.report import write_report
from containers.converter.results import Found, Totals
from vectoricons.common import log

logger = log.get(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A pipeline over a listing, and what it has done in its checkpoint."""

    listing: Listing
    pipeline: Pipeline
    checkpoint: Checkpoint
    stop: Event
    limit: int | None
    pace: Pace = field(default_factory=Pace)

    def on_console(self, console: Console, report: Path | None) -> bool:
        """Convert, shown to a person; whether all was converted."""
        try:
            with on_console(console, self.pace) as display:
                totals = self._convert(display)
        finally:
            if report is not None:
                write_report(report, self.checkpoint.failures())
        words = [summary(totals, self.pace)]
        if self.stop.is_set():
            words.append("Stopped before the end. The same command with --resume goes on.")
        if totals.failed:
            words.append(f"Reasons: {report}" if report else "--report FILE says which and why.")
        console.print("\n".join(words), soft_wrap=True, highlight=False, markup=False)
        return self._is_complete(totals)

    def in_log(self, report: Path | None) -> bool:
        """Convert, told in JSON events; whether all was converted."""
        logger.info("backfill-started", run=self.checkpoint.run, done=self.checkpoint.totals().done)
        totals = self._convert(Events(self.pace))
        for key, reason in self.checkpoint.failures():
            logger.warning("drawing-failed", key=key, reason=reason.code, detail=reason.detail)
        if report is not None:
            write_report(report, self.checkpoint.failures())
        logger.info(
            "backfill-ended",
            complete=self._is_complete(totals),
            stopped=self.stop.is_set(),
            converted=totals.converted,
            unchanged=totals.unchanged,
            failed=totals.failed,
            failures=dict(totals.reasons),
            bytes_in=totals.bytes_in,
            bytes_out=totals.bytes_out,
            seconds=round(self.pace.seconds, 1),
        )
        return self._is_complete(totals)

    def _convert(self, display: Display) -> Totals:
        self.pace.earlier = self.checkpoint.totals().done
        Thread(target=self._count, name="count", daemon=True).start()
        self.pipeline.run(display.show)
        return self.checkpoint.totals()

    def _count(self) -> None:
        """How many files there are: the pipeline's own listing is held back by the drawing, this is not."""
        total = 0
        try:
            for page in self.listing.pages():
                total += len(page)
                if self.stop.is_set():
                    return
        except (CannotRun, Failed):
            return  # the pipeline meets it, too, and says so
        self.pace.total = total if self.limit is None else min(total, self.pace.earlier + self.limit)

    def _is_complete(self, totals: Totals) -> bool:
        return not self.stop.is_set() and totals.failed == 0


def rehearse(console: Console, files: Iterable[Found], names: Callable[[str], Sequence[str]]) -> None:
    """Say what would be converted into what: a line for each file, then how many."""
    count = size = 0
    for found in files:
        count += 1
        size += found.size
        console.out(f"{found.key} -> {', '.join(names(found.key))}", highlight=False)
    console.out(f"{count:,} files, {megabytes(size)}: nothing was converted (--dry-run)", highlight=False)
