"""Build the Pulumi CLI and its Python language host from their Go modules: once, some minutes on two cores.

The versions and checksums of everything they need are in `cli/go.sum` and `host/go.sum` beside this file.
The language host is the last that was published as a library module; the script it runs is the CLI's own.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import stat
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryFile

from local.engine.tools import LANGUAGE_HOST, VERSION, Tools, built_folder
from local.progress import Step, Steps
from local.setup.alone import alone
from local.setup.checks import ENGINE_NEEDS, disk_has, go_command, go_version
from local.setup.errors import CommandError, Exit

CLI = Path(__file__).parent / "cli"
HOST = Path(__file__).parent / "host"
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
HOST_PACKAGE = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
VERSION_FLAG = f"-X {SDK_MODULE}/go/common/version.Version=v{VERSION}"
# From this version on, Go itself fetches the toolchain that a go.mod asks for.
FETCHES_TOOLCHAINS = (1, 21)
PLATFORMS = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def build(steps: Steps) -> Tools:
    """Build what is not built yet. Raises CommandError with Go's last words if it fails."""
    folder = built_folder()
    with alone(folder, lambda: steps.console.print("  waiting for another build of the Pulumi CLI")):
        if not (folder / "pulumi").exists():
            disk_has(ENGINE_NEEDS, folder)
            unfinished = folder.parent.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            _build_into(unfinished / "bin", steps)
            shutil.rmtree(folder.parent, ignore_errors=True)
            unfinished.rename(folder.parent)
    return Tools(folder)


def _build_into(folder: Path, steps: Steps) -> None:
    folder.mkdir(parents=True)
    go = _Go(go_command(), os.environ)
    with steps.step("Pulumi CLI: Go modules") as step:
        go = go.with_recent_toolchain(_wanted_go(CLI), step)
        packages = {
            module: go.list_packages(module, package, step)
            for module, package in ((CLI, CLI_PACKAGE), (HOST, HOST_PACKAGE))
        }
    with steps.step("Pulumi CLI: compiling (once, some minutes)") as step:
        go.build(CLI, CLI_PACKAGE, folder / "pulumi", packages[CLI], step)
    with steps.step("Pulumi language host: compiling") as step:
        go.build(HOST, HOST_PACKAGE, folder / LANGUAGE_HOST, packages[HOST], step)
    script = go.module_folder(CLI, SDK_MODULE) / "python" / "cmd" / f"{LANGUAGE_HOST}-exec"
    shutil.copy(script, folder)


def _wanted_go(module: Path) -> str:
    """The version of Go that the go.mod of *module* asks for."""
    found = re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{module}/go.mod names no Go version")
    return found[1]


class _Go:
    """A Go command and the environment to run it in."""

    def __init__(self, command: str, environment: Mapping[str, str]) -> None:
        self._command = command
        # Debian's Go defaults to the toolchain `local`; and no C compiler is asked of anybody.
        defaults = {"GOTOOLCHAIN": "auto", "CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
        self._environment = {**environment, **defaults}

    def with_recent_toolchain(self, wanted: str, step: Step) -> _Go:
        """Itself; or, for a Go too old to fetch a toolchain, the toolchain *wanted*, fetched as a module."""
        if go_version(self._command) >= FETCHES_TOOLCHAINS:
            return self
        step.note(f"Go {wanted}")
        system, machine = platform.system().lower(), PLATFORMS[platform.machine()]
        module = f"golang.org/toolchain@v0.0.1-go{wanted}.{system}-{machine}"
        answer = self._run(["mod", "download", "-json", module], Path.home(), lambda _: None)
        root = Path(json.loads(answer)["Dir"])
        _make_runnable(root)
        return _Go(str(root / "bin" / "go"), {**self._environment, "GOROOT": str(root)})

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

    def build(self, module: Path, package: str, target: Path, packages: int, step: Step) -> None:
        """Compile *package* to *target*; Go names each package it compiles, but none it has cached."""
        compiled = 0

        def count(_: str) -> None:
            nonlocal compiled
            compiled += 1
            step.reach(compiled, packages)

        flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {VERSION_FLAG}"]
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
