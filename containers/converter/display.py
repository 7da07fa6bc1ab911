"""How far a run is: a bar on a terminal, plain lines elsewhere, JSON events for a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from containers.converter.results import Totals
from vectoricons.common import log

SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_EVENTS = 30.0

logger = log.get(__name__)


@dataclass(slots=True)
class Pace:
    """How fast this process is. *earlier* files were done by one before it; *total* is counted meanwhile."""

    earlier: int = 0
    total: int | None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.started

    def rate(self, totals: Totals) -> float:
        """Files a second."""
        return (totals.done - self.earlier) / max(self.seconds, 0.001)

    def left(self, totals: Totals) -> timedelta | None:
        """Until the end, at this rate; ``None`` while that cannot be said."""
        rate = self.rate(totals)
        if self.total is None or rate <= 0:
            return None
        return timedelta(seconds=round(max(0, self.total - totals.done) / rate))


class Display(Protocol):
    """Shown something after each checkpoint."""

    def show(self, totals: Totals) -> None:
        """The totals so far."""
        ...


class Bar:
    """A bar with rate, time left, what was saved, and failures by reason."""

    def __init__(self, progress: Progress, pace: Pace) -> None:
        self._progress = progress
        self._pace = pace
        self._task = progress.add_task("", total=None, rate="", left="", note="")

    def show(self, totals: Totals) -> None:
        """Redraw it."""
        left = self._pace.left(totals)
        self._progress.update(
            self._task,
            completed=totals.done,
            total=self._pace.total,
            rate=f"{self._pace.rate(totals):.1f}/s",
            left=f"{left} left" if left is not None else "",
            note=", ".join(filter(None, (saved(totals), failures(totals)))),
        )


class Lines:
    """A line each few seconds."""

    def __init__(self, console: Console, pace: Pace) -> None:
        self._console = console
        self._pace = pace
        self._due = time.monotonic() + SECONDS_BETWEEN_LINES

    def show(self, totals: Totals) -> None:
        """A line, when one is due."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + SECONDS_BETWEEN_LINES
        left = self._pace.left(totals)
        parts = (
            f"{totals.done:,} of {self._pace.total:,}" if self._pace.total else f"{totals.done:,}",
            f"{self._pace.rate(totals):.1f} files/s",
            f"{left} left" if left is not None else "",
            saved(totals),
            failures(totals),
        )
        self._console.print(", ".join(filter(None, parts)), soft_wrap=True, highlight=False)


class Events:
    """A JSON event each half minute."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._due = time.monotonic() + SECONDS_BETWEEN_EVENTS

    def show(self, totals: Totals) -> None:
        """An event, when one is due."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + SECONDS_BETWEEN_EVENTS
        left = self._pace.left(totals)
        logger.info(
            "progress",
            done=totals.done,
            total=self._pace.total,
            files_per_second=round(self._pace.rate(totals), 1),
            seconds_left=None if left is None else round(left.total_seconds()),
            failed=totals.failed,
        )


@contextmanager
def on_console(console: Console, pace: Pace) -> Iterator[Display]:
    """A bar where there is a terminal, else lines."""
    if not console.is_terminal:
        yield Lines(console, pace)
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[note]}", style="dim"),
    )
    with Progress(*columns, console=console) as progress:
        yield Bar(progress, pace)


def summary(totals: Totals, pace: Pace) -> str:
    """The last lines of a run."""
    counts = f"{totals.converted:,} converted, {totals.unchanged:,} unchanged, {totals.failed:,} failed"
    speed = f"{timedelta(seconds=round(pace.seconds))} ({pace.rate(totals):.1f} files/s)"
    sizes = f"{megabytes(totals.bytes_in)} in, {megabytes(totals.bytes_out)} out"
    lines = [f"{counts} in {speed}", ", ".join(filter(None, (sizes, saved(totals))))]
    return "\n".join(filter(None, (*lines, failures(totals))))


def saved(totals: Totals) -> str:
    """What the images take less than their sources did, where they do."""
    less = totals.bytes_in - totals.bytes_out
    return f"{megabytes(less)} saved ({less / totals.bytes_in:.0%})" if less > 0 else ""


def failures(totals: Totals) -> str:
    """How many of each reason, the most frequent first."""
    ordered = sorted(totals.reasons.items(), key=lambda reason: -reason[1])
    return "failed: " + ", ".join(f"{code} {count:,}" for code, count in ordered) if ordered else ""


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1e6:,.1f} MB"
