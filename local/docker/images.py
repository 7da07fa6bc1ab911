"""The project's images: one for each target of `containers/Dockerfile`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from local.addresses import Docker
from local.docker import base
from local.docker.build import Build, BuildError, build
from local.docker.dockerfile import Dockerfile, Stage
from local.progress import Step, Steps
from local.setup.errors import CommandError, Exit

PLATFORM = "linux/amd64"
"""What the task definitions ask Fargate for."""

DOCKERFILE = Path("containers", "Dockerfile")

_STEPS = ("FROM", "RUN", "COPY", "WORKDIR")
_BEGUN = re.compile(r"^#\d+ (\[.*?\d+/\d+\])")


def build_all(docker: Docker, tree: Path, steps: Steps) -> dict[str, str]:
    """Build every image on a base that is there or is made; their ids by name. Raises CommandError."""
    file = tree / DOCKERFILE
    base.ensure(docker, file, steps)
    dockerfile = Dockerfile.read(file)
    built = {}
    for name in dockerfile.targets:
        asked = Build(
            context=tree, dockerfile=file, target=name, platforms=(PLATFORM,), tags=(f"vectoricons-{name}",)
        )
        with steps.step(f"Image: {name}") as step:
            try:
                built[name] = build(docker, asked, _showing(step, dockerfile.made_of(name)))
            except BuildError as error:
                raise CommandError(
                    f"{name} of {DOCKERFILE} cannot be built. The builder's last words:\n{error}",
                    Exit.FAILED,
                ) from error
    return built


def _showing(step: Step, stages: Sequence[Stage]) -> Callable[[str], None]:
    """Reads the builder's lines: how many of the instructions of *stages* have begun."""
    total = sum(name in _STEPS for stage in stages for name, _ in stage.instructions)
    begun: set[str] = set()

    def hear(line: str) -> None:
        found = _BEGUN.match(line)
        if found:
            begun.add(found[1])
            step.reach(min(len(begun), total), total)

    return hear
