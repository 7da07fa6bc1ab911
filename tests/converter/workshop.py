"""A converter at hand: icons to convert, and its command line, in this process or one of its own."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from containers.converter.cli import main
from tests.converter.places import FolderPlace

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "from containers.converter.cli import main; main()"
SMALL = """
outputs: [{kind: thumbnail, side: 16}]
effort: 0
"""


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    status: int
    output: str

    def counts(self, converted: int = 0, unchanged: int = 0, failed: int = 0) -> bool:
        """Whether its last words count so."""
        return f"{converted:,} converted, {unchanged:,} unchanged, {failed:,} failed" in self.output


class Workshop:
    """Folders below *root*: ``source``, ``target``, ``state``; ``config.yaml``: small images."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = FolderPlace(root / "source")
        self.target = FolderPlace(root / "target")
        self.report = root / "report.csv"
        self.config = root / "config.yaml"
        self.configure(SMALL)

    def configure(self, text: str, source: str | None = None, target: str | None = None) -> None:
        """Write the configuration."""
        places = f"source: {source or self.source.url}\ntarget: {target or self.target.url}\n"
        self.config.write_text(places + text)

    def arguments(self, *options: str) -> list[str]:
        """The command line of a run."""
        own = ("--config", str(self.config), "--state", str(self.root / "state"))
        return ["run", *own, "--report", str(self.report), "--workers", "1", *options]

    def run(self, *options: str) -> Said:
        """Convert, here."""
        result = CliRunner().invoke(main, self.arguments(*options))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return Said(result.exit_code, result.output)

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Convert in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *self.arguments(*options)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'base'}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def reasons(self) -> dict[str, str]:
        """The report: the reason of each key."""
        with self.report.open(newline="") as file:
            return {row["key"]: row["reason"] for row in csv.DictReader(file)}

    def hints(self) -> dict[str, str]:
        """The report: what can be done about each key."""
        with self.report.open(newline="") as file:
            return {
                row["key"]: f"{row['key']} {row['detail']}. {row['hint']}" for row in csv.DictReader(file)
            }


def icon(number: int = 0) -> bytes:
    """A small drawing, another one for each *number*."""
    colour = f"#{number * 2654435761 % 2**24:06x}"
    path = f'<path fill="{colour}" d="M{number % 7} {number // 7 % 7}h9v9h-5z"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{path}</svg>'.encode()
