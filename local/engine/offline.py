"""A stack without an account: recorded only, in a directory that is thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.engine.stack import Program
from local.engine.tools import require
from local.progress import Steps

WEBHOOK = "https://hooks.slack.example/services/offline"


@contextmanager
def offline(tree: Path, stack: str) -> Iterator[Program]:
    """The program of *tree* as *stack*, configured by its own file. Raises CommandError."""
    with TemporaryDirectory(prefix="vectoricons-") as scratch:
        program = Program(require(), tree, stack, Path(scratch))
        program.configure({}, WEBHOOK)
        yield program


def deployed(tree: Path, stack: str, steps: Steps) -> Mapping[str, Any]:
    """The state that `pulumi up` of *stack* would leave. Raises CommandError."""
    with offline(tree, stack) as program, steps.step(f"{stack}, recorded") as step:
        program.record(step)
        return program.export()
