"""Who watches a run: a person at a terminal, a log, or a program that wants the lines."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from delivery.tasks.driver import Shard

LEVELS = {"warning": "yellow", "error": "red", "critical": "red"}
SECONDS_BETWEEN_COUNTS = 15.0


class Kept:
    """Keeps the lines, for a program."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, shard: Shard, text: str) -> None:
        """Keep it."""
        self.lines.append(text)

    def looked(self, shards: Sequence[Shard]) -> None:
        """Of no interest."""

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """The lines that are JSON events, read."""
        return [event for event in map(_event, self.lines) if event is not None]


class Shown:
    """Shows lines as they come, and how far all is: a bar on a terminal, a line now and then in a log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._items: dict[str, tuple[int, int]] = {}
        self._last_counts = time.monotonic()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._bar = self._progress.add_task("starting", total=None)

    def __enter__(self) -> Shown:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def line(self, shard: Shard, text: str) -> None:
        """Show it; of one that tells how many items are done, take that in."""
        event = _event(text)
        if event is not None and isinstance(event.get("done"), int) and isinstance(event.get("total"), int):
            self._items[shard.label] = (event["done"], event["total"])
        self._console.print(_words(shard, text, event), soft_wrap=True)

    def looked(self, shards: Sequence[Shard]) -> None:
        """Show how far all is: in items when the task tells them, else in tasks."""
        states = Counter(shard.status.lower() for shard in shards)
        said = ", ".join(f"{count} {status}" for status, count in sorted(states.items()))
        if len(self._items) == len(shards):
            done, total = (sum(numbers) for numbers in zip(*self._items.values(), strict=True))
        else:
            done, total = states["stopped"], len(shards)
        self._progress.update(self._bar, description=said, completed=done, total=total)
        if not self._console.is_terminal and time.monotonic() - self._last_counts > SECONDS_BETWEEN_COUNTS:
            self._last_counts = time.monotonic()
            self._console.print(f"{said} ({done} of {total})", highlight=False)


def _event(line: str) -> dict[str, Any] | None:
    """The JSON event on *line*, if it is one."""
    if not line.startswith("{"):
        return None
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return found


def _words(shard: Shard, line: str, event: Mapping[str, Any] | None) -> Text:
    words = Text.assemble((f"{shard.label}  ", "cyan"))
    if event is None:
        return words.append(line)
    rest = {name: value for name, value in event.items() if name not in ("level", "service")}
    if "timestamp" in rest:
        when = datetime.fromisoformat(str(rest.pop("timestamp"))).astimezone()
        words.append(f"{when:%H:%M:%S} ", style="dim")
    words.append(str(rest.pop("event", "")), style=LEVELS.get(str(event.get("level")), ""))
    for name, value in rest.items():
        words.append(f"  {name}=", style="dim").append(str(value))
    return words
