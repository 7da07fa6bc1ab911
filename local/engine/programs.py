"""Small programs that are built once from their Go modules, and kept outside any clone."""

from __future__ import annotations

import os
import re
from pathlib import Path

from local.engine.go import Go, wanted_go
from local.progress import Steps
from local.setup.alone import alone, cache_directory
from local.setup.checks import go_command


def built(module: Path, package: str, steps: Steps) -> Path:
    """The program *package* in the version that the go.mod in *module* names; built at the first call."""
    source = "/".join(package.split("/")[1:3])
    found = re.search(rf"{source} v(\S+)", (module / "go.mod").read_text())
    name = package.rsplit("/", 1)[1]
    folder = cache_directory() / f"{name}-{found[1] if found else ''}"
    with alone(folder, lambda: steps.console.print(f"  waiting for another build of {name}")):
        program = folder / name
        if not program.exists():
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = folder / "unfinished"
            with steps.step(f"{name}: compiling (once)") as step:
                go = Go(go_command(), os.environ).with_recent_toolchain(wanted_go(module), step)
                go.build(module, package, unfinished, go.list_packages(module, package, step), step)
            unfinished.rename(program)
    return program
