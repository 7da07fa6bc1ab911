"""What is filled: a table, its columns, how many rows there will be, and the rows as lines of ``COPY``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for one table. *lines* are made as they are asked for: they need not fit into memory together."""

    name: str
    columns: tuple[str, ...]
    rows: int
    lines: Iterator[str]
