"""The project's program on the real engine, with nothing but a folder for a backend."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from delivery.pulumi import Pulumi
from local.engine.stack import Keys, Program
from local.engine.tools import require
from local.progress import Steps

TREE = Path(__file__).resolve().parents[2]
WEBHOOK = "https://hooks.slack.test/T0/B0/secretpart"


class Offline:
    """A stack of the program in *directory*, recorded and not made."""

    def __init__(self, stack: str, directory: Path, tree: Path = TREE) -> None:
        self._program = Program(require(), tree, stack, directory)
        self._directory = directory
        self._stack = stack
        self._steps = Steps(Console(quiet=True))

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Let the stack file say *settings* too."""
        self._program.configure(settings, WEBHOOK)

    def up(self) -> None:
        """Bring it up."""
        with self._steps.step("up") as step:
            self._program.up(TREE / "policy" / "run", step)

    @property
    def pulumi(self) -> Pulumi:
        """The CLI for it, as delivery runs it."""
        keys = Keys.kept_in(self._directory / "keys.json")
        tools = require().folder
        return Pulumi(
            self._stack,
            self._directory,
            {
                "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PULUMI_BACKEND_URL": f"file://{self._directory / 'state'}",
                "PULUMI_HOME": str(self._directory / "home"),
                "PULUMI_CONFIG_PASSPHRASE": keys.passphrase,
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_SKIP_CHECKPOINTS": "true",  # the state at the end is what tests look at
                "VECTORICONS_REGION": "",
                "COVERAGE_PROCESS_CONFIG": "",  # tracing every plugin would take minutes
            },
        )
