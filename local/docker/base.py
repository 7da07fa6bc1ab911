"""What the images are built on: a public slim Python where a registry answers, else a Debian made here."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from docker.errors import APIError, ImageNotFound

from local.addresses import Docker
from local.docker.dockerfile import Dockerfile
from local.docker.engine import client
from local.progress import Step, Steps
from local.setup.errors import CommandError, Exit
from local.setup.packages import Package, command_is_there, install_missing

NAME = "vectoricons-base"
"""What the base is called here, wherever it came from."""
SUITE = "bookworm"
"""The Debian whose Python is that of the requirements, 3.11."""
CONTENT = ("ca-certificates", "python3", "python3-venv")
NEEDLESS = ("usr/share/doc/*", "usr/share/man/*", "usr/share/locale/*", "usr/share/info/*")

# Beside debootstrap it makes the same tree in a quarter of the time: 88 seconds, not 353.
BOOTSTRAP = (Package("mmdebstrap", "makes a Debian to build images on", command_is_there("mmdebstrap")),)


def ensure(docker: Docker, dockerfile: Path, steps: Steps) -> None:
    """See that there is a base. `BASE_IMAGE` in the environment names another than *dockerfile* does."""
    engine = client(docker)
    asked = os.environ.get("BASE_IMAGE")
    if not asked and engine.images.list(NAME):
        return
    name = asked or declared(dockerfile)
    with steps.step(f"Base: {name}"):
        is_there = _fetched(docker, name)
    if is_there:
        engine.images.get(name).tag(NAME)
    elif asked:
        raise CommandError(f"BASE_IMAGE={asked}: there is no such image here, nor at its registry.")
    else:
        install_missing(lambda line: steps.console.print(f"  {line}", highlight=False), BOOTSTRAP)
        with steps.step(f"Base: no registry answers, so Debian {SUITE} with its Python") as step:
            _bootstrap(docker, step)


def declared(dockerfile: Path) -> str:
    """The base that *dockerfile* names."""
    for argument in Dockerfile.read(dockerfile).arguments:
        name, _, value = argument.partition("=")
        if name == "BASE_IMAGE" and value:
            return value
    raise CommandError(f"{dockerfile} has no line `ARG BASE_IMAGE=...` that says what it is built on.")


def _fetched(docker: Docker, name: str) -> bool:
    engine = client(docker)
    try:
        engine.images.get(name)
    except ImageNotFound:
        try:
            engine.images.pull(name)
        except APIError:
            return False
    return True


def _bootstrap(docker: Docker, step: Step) -> None:
    """Bootstrap a Debian straight into Docker."""
    excluded = [f"--dpkgopt=path-exclude=/{path}" for path in NEEDLESS]
    make = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(CONTENT)}", *excluded]
    tidy = '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin'
    step.note("a minute and a half, once")
    take = [docker.command, "--host", docker.host, "import", "-", NAME]
    with subprocess.Popen(
        [*make, tidy, SUITE, "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as making:
        taken = subprocess.run(take, stdin=making.stdout, capture_output=True, check=False)
        words = making.stderr.read() if making.stderr else b""
    if making.returncode or taken.returncode:
        last = (words + taken.stderr).decode(errors="replace").strip().splitlines()[-3:]
        raise CommandError("A Debian could not be made: " + " / ".join(last), Exit.MACHINE)
