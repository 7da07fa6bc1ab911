"""Stacks that are up, without an account: brought up once a test process, however many tests look at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from local.engine.stack import Program
from local.engine.state import State
from local.engine.tools import require
from local.progress import Step
from tests.infra.synth import TREE

PACK = TREE / "policy" / "run"
WEBHOOK = "https://hooks.slack.test/T0/B0"
# Each stack in one test process: coming up is what takes long.
IN_ONE_PROCESS = [
    pytest.param(stack, marks=pytest.mark.xdist_group(f"engine-{stack}")) for stack in ("dev", "prod")
]


@dataclass(frozen=True)
class Standing:
    """A stack that is up: its program and the engine's state."""

    stack: str
    program: Program

    @cached_property
    def deployment(self) -> Mapping[str, Any]:
        """The state as the engine exports it."""
        return self.program.export()

    @cached_property
    def state(self) -> State:
        """The same, parsed."""
        return State.parse(self.deployment)


@dataclass
class Stacks:
    """Brings a stack up when a test first asks for it."""

    directory: Path
    step: Step

    def __post_init__(self) -> None:
        self._up: dict[str, Standing] = {}

    def standing(self, stack: str) -> Standing:
        """*stack*, recorded as it would stand."""
        if stack not in self._up:
            program = self.program(stack)
            program.record(self.step)
            self._up[stack] = Standing(stack, program)
        return self._up[stack]

    def program(self, stack: str, tree: Path = TREE, directory: str = "") -> Program:
        """The program of *tree* as *stack*, configured; nothing is up."""
        program = Program(require(), tree, stack, self.directory / (directory or stack))
        program.configure({}, WEBHOOK)
        return program
