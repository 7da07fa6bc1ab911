"""A Go command that is recent enough, and what it builds programs from modules with."""

from __future__ import annotations

import json
import platform
import re
import stat
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryFile

from local.progress import Step
from local.setup.checks import go_version
from local.setup.errors import CommandError, Exit

# From this version on, Go itself fetches the toolchain that a go.mod asks for.
FETCHES_TOOLCHAINS = (1, 21)
PLATFORMS = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def wanted_go(module: Path) -> str:
    """The version of Go that the go.mod of *module* asks for."""
    found = re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{module}/go.mod names no Go version")
    return found[1]


class Go:
    """A Go command and the environment to run it in."""

    def __init__(self, command: str, environment: Mapping[str, str]) -> None:
        self._command = command
        # Debian's Go defaults to the toolchain `local`; and no C compiler is asked of anybody.
        defaults = {"GOTOOLCHAIN": "auto", "CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
        self._environment = {**environment, **defaults}

    def with_recent_toolchain(self, wanted: str, step: Step) -> Go:
        """Itself; or, for a Go too old to fetch a toolchain, the toolchain *wanted*, fetched as a module."""
        if go_version(self._command) >= FETCHES_TOOLCHAINS:
            return self
        step.note(f"Go {wanted}")
        system, machine = platform.system().lower(), PLATFORMS[platform.machine()]
        module = f"golang.org/toolchain@v0.0.1-go{wanted}.{system}-{machine}"
        answer = self._run(["mod", "download", "-json", module], Path.home(), lambda _: None)
        root = Path(json.loads(answer)["Dir"])
        _make_runnable(root)
        return Go(str(root / "bin" / "go"), {**self._environment, "GOROOT": str(root)})

    def list_packages(self, module: Path, package: str, step: Step) -> int:
        """How many packages *package* is made of; fetches the modules they are in."""
        fetched = 0
        wanted = (module / "go.mod").read_text().count("\t")

        def count(line: str) -> None:
            nonlocal fetched
            if line.startswith("go: downloading"):
                fetched += 1
                step.reach(min(fetched, wanted), wanted)

        return len(self._run(["list", "-deps", package], module, count).splitlines())

    def build(
        self, module: Path, package: str, target: Path, packages: int, step: Step, *, set_variable: str = ""
    ) -> None:
        """Compile *package* to *target*; Go names each package it compiles, but none it has cached.

        *set_variable* is a string of the program to set, as the linker's `-X` takes it.
        """
        compiled = 0

        def count(_: str) -> None:
            nonlocal compiled
            compiled += 1
            step.reach(compiled, packages)

        linking = f"-s -w -X {set_variable}" if set_variable else "-s -w"
        flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", linking]
        self._run(["build", *flags, "-o", str(target), package], module, count)

    def module_folder(self, module: Path, dependency: str) -> Path:
        """Where the module cache holds *dependency* of *module*."""
        return Path(self._run(["list", "-m", "-f", "{{.Dir}}", dependency], module, lambda _: None).strip())

    def _run(self, arguments: list[str], folder: Path, on_line: Callable[[str], None]) -> str:
        """Run the Go command in *folder*, handing on each line of its stderr; returns its stdout."""
        last_words: deque[str] = deque(maxlen=5)
        command = [self._command, *arguments]
        with (
            # A file, not a pipe: a long list of packages would fill a pipe that nobody reads yet.
            TemporaryFile("w+") as said,
            subprocess.Popen(
                command, cwd=folder, env=self._environment, stdout=said, stderr=subprocess.PIPE, text=True
            ) as process,
        ):
            for line in process.stderr or ():
                last_words.append(line.strip())
                on_line(line)
            if process.wait():
                words = " / ".join(last_words)
                raise CommandError(
                    f"`go {' '.join(arguments[:2])}` failed in {folder}: {words}", Exit.MACHINE
                )
            said.seek(0)
            return said.read()


def _make_runnable(toolchain: Path) -> None:
    """Module archives hold no permissions; a newer Go gives a toolchain's programs theirs back, so do we."""
    for program in [*(toolchain / "bin").iterdir(), *(toolchain / "pkg" / "tool").rglob("*")]:
        if program.is_file():
            program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
