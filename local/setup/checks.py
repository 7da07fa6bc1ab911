"""What a machine must have before the set-up can do the rest."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from local.setup.errors import CommandError, Exit

GIGABYTE = 10**9
# Measured: environment 1.5 GB, Chromium 0.3 GB; Go modules 2.0 GB, Go build cache 1.8 GB, the CLI 0.2 GB.
ENVIRONMENT_NEEDS = 3 * GIGABYTE
ENGINE_NEEDS = 5 * GIGABYTE


def python_is_recent(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raise CommandError unless *version* is one the project runs on."""
    if version < (3, 11):
        found = ".".join(map(str, version))
        raise CommandError(
            f"This Python is {found}; the project needs 3.11 or newer. "
            "Install it and name it: make up PYTHON=python3.11",
            Exit.MACHINE,
        )


def disk_has(needed: int, folder: Path) -> None:
    """Raise CommandError unless *needed* bytes are free where *folder* is, or is going to be."""
    existing = next(parent for parent in [folder, *folder.absolute().parents] if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise CommandError(
            f"{existing} has {free / GIGABYTE:.1f} GB free, and {needed / GIGABYTE:.0f} GB are needed. "
            "Make room and try again.",
            Exit.MACHINE,
        )


def go_command() -> str:
    """Path of the Go command. Raises CommandError with what to install when there is none."""
    go = shutil.which("go")
    if go is None:
        raise CommandError(
            "There is no pulumi and no Go on PATH. Install one of them: Go builds the Pulumi CLI once "
            "(Debian: apt-get install golang-go), or install Pulumi's own CLI.",
            Exit.MACHINE,
        )
    return go


def go_version(go: str) -> tuple[int, int]:
    """Major and minor of the Go command *go*."""
    said = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    if found is None:
        raise CommandError(
            f"{go} does not say its version, so it cannot be a working Go: {said!r}", Exit.MACHINE
        )
    return int(found[1]), int(found[2])
