"""The project's images: one for each folder of `containers/` that has a Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from local.addresses import Docker
from local.docker import base
from local.docker.build import Build, BuildError, build
from local.progress import Step, Steps
from local.setup.errors import CommandError, Exit

PLATFORM = "linux/amd64"
"""What the task definitions ask Fargate for."""

_INSTRUCTION = re.compile(r"^(FROM|RUN|COPY|WORKDIR) ", re.MULTILINE)
_BEGUN = re.compile(r"^#\d+ (\[.*?\d+/\d+\])")


def dockerfiles(tree: Path) -> dict[str, Path]:
    """Every image's Dockerfile, by the image's name."""
    return {file.parent.name: file for file in sorted(tree.glob("containers/*/Dockerfile"))}


def build_all(docker: Docker, tree: Path, steps: Steps) -> dict[str, str]:
    """Build every image on a base that is there or is made; their ids by name. Raises CommandError."""
    base.ensure(docker, tree, steps)
    built = {}
    for name, file in dockerfiles(tree).items():
        asked = Build(context=tree, dockerfile=file, platforms=(PLATFORM,), tags=(f"vectoricons-{name}",))
        with steps.step(f"Image: {name}") as step:
            try:
                built[name] = build(docker, asked, _showing(step, file))
            except BuildError as error:
                raise CommandError(
                    f"{file.relative_to(tree)} cannot be built. The builder's last words:\n{error}",
                    Exit.FAILED,
                ) from error
    return built


def _showing(step: Step, dockerfile: Path) -> Callable[[str], None]:
    """Reads the builder's lines: how many of the file's instructions have begun."""
    total = len(_INSTRUCTION.findall(dockerfile.read_text()))
    begun: set[str] = set()

    def hear(line: str) -> None:
        found = _BEGUN.match(line)
        if found:
            begun.add(found[1])
            step.reach(min(len(begun), total), total)

    return hear
