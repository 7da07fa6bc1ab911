"""Build the Pulumi CLI and its Python language host from their Go modules: once, some minutes on two cores.

The versions and checksums of everything they need are in `cli/go.sum` and `host/go.sum` beside this file.
The language host is the last that was published as a library module; the script it runs is the CLI's own.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from local.engine.go import Go, wanted_go
from local.engine.tools import LANGUAGE_HOST, VERSION, Tools, built_folder
from local.progress import Steps
from local.setup.alone import alone
from local.setup.checks import ENGINE_NEEDS, disk_has, go_command

CLI = Path(__file__).parent / "cli"
HOST = Path(__file__).parent / "host"
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
HOST_PACKAGE = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
CLI_VERSION = f"{SDK_MODULE}/go/common/version.Version=v{VERSION}"


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
    go = Go(go_command(), os.environ)
    with steps.step("Pulumi CLI: Go modules") as step:
        go = go.with_recent_toolchain(wanted_go(CLI), step)
        packages = {
            module: go.list_packages(module, package, step)
            for module, package in ((CLI, CLI_PACKAGE), (HOST, HOST_PACKAGE))
        }
    with steps.step("Pulumi CLI: compiling (once, some minutes)") as step:
        go.build(CLI, CLI_PACKAGE, folder / "pulumi", packages[CLI], step, set_variable=CLI_VERSION)
    with steps.step("Pulumi language host: compiling") as step:
        target = folder / LANGUAGE_HOST
        go.build(HOST, HOST_PACKAGE, target, packages[HOST], step, set_variable=CLI_VERSION)
    script = go.module_folder(CLI, SDK_MODULE) / "python" / "cmd" / f"{LANGUAGE_HOST}-exec"
    shutil.copy(script, folder)
