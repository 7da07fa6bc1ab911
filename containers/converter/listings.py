"""Which files a run goes through: all that a storage lists, or those that a report names."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from containers.converter.reasons import CannotRun
from containers.converter.results import Found
from containers.converter.selection import Selection
from containers.converter.storage import Storage

PAGE = 1000
COLUMNS = ("key", "reason", "detail", "hint")


class Listing(Protocol):
    """Files to convert, and their contents. Safe to use from several threads."""

    def pages(self) -> Iterator[Sequence[Found]]:
        """All of them, some at a time."""
        ...

    def read(self, found: Found) -> bytes:
        """The contents; ``Failed`` when they cannot be had."""
        ...


class Everything:
    """What a storage lists below a prefix and a selection takes."""

    def __init__(self, storage: Storage, prefix: str, selection: Selection) -> None:
        self._storage = storage
        self._prefix = prefix
        self._selection = selection

    def pages(self) -> Iterator[Sequence[Found]]:
        """In the storage's own order."""
        for page in self._storage.pages(self._prefix):
            yield list(self._selection.of(page))

    def read(self, found: Found) -> bytes:
        """The contents."""
        return self._storage.read(found)


class Named:
    """The files that a report of an earlier run names, as far as they are in the shard."""

    def __init__(self, storage: Storage, report: Path, selection: Selection) -> None:
        self._storage = storage
        self._report = report
        self._selection = selection

    def pages(self) -> Iterator[Sequence[Found]]:
        """In the report's order. One that is gone is found without a version, and fails when it is read."""
        keys = (key for key in self._keys() if self._selection.takes(key))
        while page := list(islice(keys, PAGE)):
            yield [self._storage.find(key) or Found(key, 0, "") for key in page]

    def read(self, found: Found) -> bytes:
        """The contents."""
        return self._storage.read(found)

    def _keys(self) -> Iterator[str]:
        try:
            with self._report.open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file)
                if tuple(rows.fieldnames or ()) != COLUMNS:
                    raise CannotRun(
                        f"{self._report}, line 1: is not a report of this converter. "
                        f"Its columns are {', '.join(COLUMNS)}."
                    )
                for row in rows:
                    yield row["key"]
        except (OSError, UnicodeDecodeError) as error:
            raise CannotRun(f"{self._report} cannot be read: {error}. Check --retry-failed.") from error
