"""Building images with BuildKit. Where packages come from is this machine's secret, and in no layer."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from local.addresses import Docker
from local.docker.base import NAME as BASE
from local.files import write_private

CERTIFICATES = "/run/secrets/certificates"
MARK = "# vectoricons: seen by one step of a build, kept by none"
"""The first line of pip's configuration as builds see it; `make images` looks for it in every layer."""
PASSED_ON = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "default-timeout", "retries")
LEVELS = ("global", "site", "user", ":env:")
"""Where pip reads its settings, the last word last."""

Hear = Callable[[str], object]


class BuildError(Exception):
    """An image could not be built: the builder's last words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """What is built, how, and what it is called then."""

    context: Path
    dockerfile: Path
    arguments: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    target: str = ""


def build(docker: Docker, asked: Build, hear: Hear) -> str:
    """Build with *docker*, each line it says to *hear*; the image's id. Raises BuildError."""
    last_words: deque[str] = deque(maxlen=12)
    with TemporaryDirectory(prefix="vectoricons-build-") as scratch:
        identity = Path(scratch) / "id"
        with subprocess.Popen(
            [*_command(docker, asked), *_secrets(Path(scratch)), f"--iidfile={identity}", str(asked.context)],
            env={**os.environ, "DOCKER_BUILDKIT": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as building:
            for line in building.stdout or ():
                last_words.append(line.strip())
                hear(line.strip())
        if building.returncode:
            raise BuildError("\n".join(filter(None, last_words)))
        return identity.read_text().strip()


def _command(docker: Docker, asked: Build) -> list[str]:
    arguments = {"BASE_IMAGE": BASE, **asked.arguments}
    return [
        *(docker.command, "--host", docker.host, "build", "--progress=plain", "--network=host"),
        *(f"--build-arg={name}={value}" for name, value in sorted(arguments.items())),
        *(f"--platform={platform}" for platform in asked.platforms),
        *(f"--tag={tag}" for tag in asked.tags),
        *([f"--target={asked.target}"] if asked.target else []),
        f"--file={asked.dockerfile}",
    ]


def _secrets(folder: Path) -> Iterator[str]:
    """Options that lend this machine's pip configuration to the steps that ask for it."""
    settings = _pip_settings()
    lines = [f"{name} = {value}" for name, value in settings.items() if name in PASSED_ON]
    certificates = settings.get("cert")
    if certificates:
        lines.append(f"cert = {CERTIFICATES}")
        yield f"--secret=id=certificates,src={certificates}"
    write_private(folder / "pip.conf", "\n".join([MARK, "[global]", *lines, ""]))
    yield f"--secret=id=pip,src={folder / 'pip.conf'}"


def _pip_settings() -> dict[str, str]:
    """What pip is set to on this machine, by file and environment."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = [(level, name, ast.literal_eval(value)) for level, name, value in _LINE.findall(said)]
    return {name: value for level in LEVELS for where, name, value in found if where == level}


_LINE = re.compile(r"^([\w:]+)\.([\w-]+)=(['\"].*['\"])$", re.MULTILINE)
