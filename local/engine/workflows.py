"""`python -m local.engine.workflows`: actionlint, built once from its Go module, and zizmor, offline."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rich.console import Console

from local.engine.programs import built
from local.progress import Steps
from local.setup.errors import CommandError

MODULE = Path(__file__).parent / "actionlint"
PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint"
TREE = Path(__file__).resolve().parents[2]


def actionlint(steps: Steps) -> Path:
    """The linter in the version its go.mod names; built at the first call, kept outside any clone."""
    return built(MODULE, PACKAGE, steps)


def main() -> int:
    """Run both, offline; the worse of their exit codes."""
    console = Console(stderr=True)
    workflows = sorted(map(str, (TREE / ".github" / "workflows").glob("*.yml")))
    zizmor = Path(sys.executable).parent / "zizmor"
    try:
        # What shellcheck and pyflakes would say depends on whether the machine has them.
        first = [str(actionlint(Steps(console))), "-shellcheck=", "-pyflakes=", *workflows]
    except CommandError as error:
        console.print(f"[red]{error}[/]", highlight=False)
        return error.code
    both = first, [str(zizmor), "--offline", "--quiet", "--persona=pedantic", *workflows]
    return max(subprocess.run(command, cwd=TREE, check=False).returncode for command in both)


if __name__ == "__main__":
    sys.exit(main())
