"""The provider where the engine looks for plugins."""

from __future__ import annotations

import shlex
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("aws", "awsx", "docker-build")  # awsx builds its images with docker-build


def plugin_version(package: str) -> str:
    """The version of the installed SDK, which is the one the engine asks the plugin for."""
    return version(f"pulumi-{package}")


def install(pulumi_home: Path, python: Path) -> None:
    """Put the plugins into *pulumi_home*: executables that start this provider with *python*.

    The program's interpreter must find this package; *python* is the one of its virtual environment.
    """
    for package in PACKAGES:
        folder = pulumi_home / "plugins" / f"resource-{package}-v{plugin_version(package)}"
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / f"pulumi-resource-{package}"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(str(python))} -m local.provider {package} "$@"\n')
        program.chmod(0o755)
        folder.with_name(folder.name + ".lock").touch()
