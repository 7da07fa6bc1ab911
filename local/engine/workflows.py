"""`python -m local.engine.workflows`: actionlint, built once from its Go module, and zizmor, offline."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from local.engine.go import Go, wanted_go
from local.progress import Steps
from local.setup.alone import alone, cache_directory
from local.setup.checks import go_command
from local.setup.errors import CommandError

MODULE = Path(__file__).parent / "actionlint"
PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint"
TREE = Path(__file__).resolve().parents[2]


def actionlint(steps: Steps) -> Path:
    """The linter in the version its go.mod names; built at the first call, kept outside any clone."""
    found = re.search(r"rhysd/actionlint v(\S+)", (MODULE / "go.mod").read_text())
    version = found[1] if found else ""
    folder = cache_directory() / f"actionlint-{version}"
    with alone(folder, lambda: steps.console.print("  waiting for another build of actionlint")):
        program = folder / "actionlint"
        if not program.exists():
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = folder / "unfinished"
            with steps.step("actionlint: compiling (once)") as step:
                go = Go(go_command(), os.environ).with_recent_toolchain(wanted_go(MODULE), step)
                go.build(MODULE, PACKAGE, unfinished, go.list_packages(MODULE, PACKAGE, step), step)
            unfinished.rename(program)
    return program


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
