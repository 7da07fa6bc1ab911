"""What an image is made of: who it runs as, what was left in it, what it weighs."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import cast

from docker import DockerClient
from docker.models.images import Image

from local.docker.build import MARK

USER = "10001:10001"
MEGABYTE = 10**6
BUILD_TOOLS = re.compile(
    r"(^|/)bin/(cc|c\+\+|gcc|g\+\+|ld|as|make|cmake|cargo|pip[\d.]*|uv|[\w-]+-linux-gnu-(gcc|g\+\+|ld))(-[\d.]+)?$"
    r"|/(site|dist)-packages/(pip|setuptools|wheel)/__init__\.py$"
    r"|/ensurepip/__init__\.py$"
)
SECRETS = re.compile(r"^(etc/pip\.conf|run/secrets/.+|root/\.(config/pip|pip|netrc|docker).*)$")


def faults(engine: DockerClient, image: Image) -> list[str]:
    """What is wrong with *image*, in sentences; empty when nothing is."""
    return [*_of_its_settings(image), *_of_its_files(engine, image), *_of_its_layers(image)]


def megabytes(image: Image) -> int:
    """Its size on disk."""
    return round(int(image.attrs["Size"]) / MEGABYTE)


def _of_its_settings(image: Image) -> Iterator[str]:
    settings = image.attrs["Config"]
    check = (settings.get("Healthcheck") or {}).get("Test") or ["NONE"]
    if settings["User"] != USER:
        yield f"it runs as {settings['User'] or 'root'}, and not as {USER}"
    if check[0] != "CMD":
        yield f"its health check is {check[0]}, and not a program and its arguments"
    if settings["Cmd"][:2] == ["/bin/sh", "-c"] or settings.get("Entrypoint"):
        yield "its command is a shell's, which passes on no SIGTERM"


def _of_its_files(engine: DockerClient, image: Image) -> Iterator[str]:
    """By what a container of it would see: what a later layer removed is not there."""
    container = engine.containers.create(image)
    try:
        with TemporaryFile() as exported:
            exported.writelines(cast("Iterator[bytes]", container.export()))  # docker's stubs say str
            exported.seek(0)
            with tarfile.open(fileobj=exported) as files:
                for file in files:
                    if BUILD_TOOLS.search(file.name):
                        yield f"it has a build tool: /{file.name}"
                    if SECRETS.search(file.name) and file.size:
                        yield f"it has a secret of the build: /{file.name}"
    finally:
        container.remove()


def _of_its_layers(image: Image) -> Iterator[str]:
    """By every byte of every layer: what is removed in a later one is there for whoever pulls it."""
    mark, rest = MARK.encode(), b""
    for chunk in image.save():
        if mark in rest + chunk:
            yield "a layer of it holds the builder's pip configuration"
            return
        rest = chunk[-len(mark) :]
