"""Long steps, shown: a bar on a terminal, plain lines elsewhere; how long each took is kept for the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

SECONDS_BETWEEN_LINES = 10.0


class Step(Protocol):
    """A step under way."""

    def reach(self, done: int, total: int) -> None:
        """So much of it is done."""

    def note(self, words: str) -> None:
        """What it is at just now."""


class _Bar:
    """A step on a terminal."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def reach(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)

    def note(self, words: str) -> None:
        self._progress.update(self._task, note=words)


class _Lines:
    """A step in a log: a line now and then while it goes on."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        self._name = name
        self._last_line = time.monotonic()

    def reach(self, done: int, total: int) -> None:
        self.note(f"{done} of {total}")

    def note(self, words: str) -> None:
        if time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._console.print(f"  {self._name}: {words}", highlight=False)


class Steps:
    """The steps of one command, in order, with the seconds each took."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Show *name* while the context lasts, and what it took after."""
        started = time.monotonic()
        with self._bar(name) if self.console.is_terminal else self._lines(name) as step:
            yield step
        self.seconds[name] = time.monotonic() - started
        self.console.print(f"[green]✓[/] {name} [dim]{self.seconds[name]:.1f} s[/]", highlight=False)

    @contextmanager
    def _bar(self, name: str) -> Iterator[Step]:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[note]}"),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            yield _Bar(progress, progress.add_task(name, total=None, note=""))

    @contextmanager
    def _lines(self, name: str) -> Iterator[Step]:
        self.console.print(f"  {name} ...", highlight=False)
        yield _Lines(self.console, name)
