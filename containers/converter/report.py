"""The report: a CSV row for each file that was not converted, with the reason and what can be done."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from containers.converter.listings import COLUMNS
from containers.converter.reasons import CannotRun
from vectoricons.common.reason import Reason


def write_report(path: Path, failures: Iterable[tuple[str, Reason]]) -> int:
    """Write all *failures*; how many there were. Whoever reads *path* meanwhile reads the earlier report."""
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            for key, reason in failures:
                rows.writerow((key, reason.code, reason.detail, reason.hint))
                count += 1
        part.replace(path)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}. Check --report.") from error
    return count
