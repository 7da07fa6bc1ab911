"""Where the Pulumi CLI is: the one on PATH if it is recent enough, else the one built for the project."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local.setup.alone import cache_directory
from local.setup.checks import go_command
from local.setup.errors import CommandError, Exit

VERSION = "3.259.0"
LANGUAGE_HOST = "pulumi-language-python"


@dataclass(frozen=True, slots=True)
class Tools:
    """A CLI and its Python language host, side by side in *folder*."""

    folder: Path

    @property
    def pulumi(self) -> Path:
        """The CLI itself."""
        return self.folder / "pulumi"


def built_folder() -> Path:
    """Where the CLI is kept once built: outside any clone, named by version."""
    return cache_directory() / f"pulumi-{VERSION}" / "bin"


def find() -> Tools | None:
    """The CLI to use, if there is one."""
    built = built_folder()
    on_path = shutil.which("pulumi")
    if on_path and Path(on_path).parent != built and _is_usable(Path(on_path)):
        return Tools(Path(on_path).parent)
    return Tools(built) if (built / "pulumi").exists() else None


def require() -> Tools:
    """The CLI to use. Raises CommandError when the set-up has not run."""
    tools = find()
    if tools is None:
        go_command()
        raise CommandError("The Pulumi CLI is not built yet. Run: make setup", Exit.MACHINE)
    return tools


def _is_usable(pulumi: Path) -> bool:
    """Whether it is not older than the SDK in use, and has a Python language host beside it."""
    said = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", said)
    wanted = tuple(map(int, VERSION.split(".")))
    recent = found is not None and tuple(map(int, found.groups())) >= wanted
    return recent and (pulumi.parent / LANGUAGE_HOST).exists()
