"""Small programs through the real engine: the CLI, with this provider as its plugins."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from local.engine import tools
from local.engine.stack import command
from local.provider import plugins

Declare = Callable[[], None]


class Project:
    """One stack whose names are all explicit, in the region of *region_directory* or recorded only."""

    def __init__(self, directory: Path, region_directory: Path | None) -> None:
        self._directory = directory
        self._region = region_directory

    def up(self, program: Declare) -> dict[str, Any]:
        """Declare what *program* declares; gives its outputs."""
        self._stack.workspace.program = program
        outputs = self._stack.up(show_secrets=False).outputs
        return {name: output.value for name, output in outputs.items()}

    def preview(self, program: Declare) -> str:
        """What `up` would do, in the engine's words."""
        self._stack.workspace.program = program
        return self._stack.preview(diff=True).stdout

    def refused(self, program: Declare) -> str:
        """The engine's words about a program it must refuse."""
        with pytest.raises(automation.CommandError) as caught:
            self.up(program)
        return re.sub(r"\s+", " ", str(caught.value))

    def refresh(self) -> dict[str, int]:
        """Look at what there is; gives how many resources were found how."""
        return {
            str(kind): many
            for kind, many in (self._stack.refresh(show_secrets=False).summary.resource_changes or {}).items()
        }

    def destroy(self) -> None:
        """Delete everything."""
        self._stack.destroy(show_secrets=False)

    def state(self) -> dict[str, dict[str, Any]]:
        """The resources in the engine's state, by logical name."""
        deployment = self._stack.export_stack().deployment or {}
        return {entry["urn"].rpartition("::")[2]: entry for entry in deployment.get("resources", [])}

    @cached_property
    def _stack(self) -> automation.Stack:
        home = self._directory / "home"
        plugins.install(home, Path(sys.executable))
        (self._directory / "state").mkdir()
        work = self._directory / "project"
        work.mkdir()
        stack = automation.create_stack(
            "local",
            project_name="vectoricons",
            program=lambda: None,
            opts=automation.LocalWorkspaceOptions(
                work_dir=str(work),
                pulumi_home=str(home),
                pulumi_command=command(tools.require()),
                env_vars={
                    "PULUMI_BACKEND_URL": f"file://{self._directory / 'state'}",
                    "PULUMI_CONFIG_PASSPHRASE": "of a test",
                    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                    "VECTORICONS_REGION": str(self._region or ""),
                },
            ),
        )
        stack.set_config("pulumi:autonaming.mode", automation.ConfigValue("disabled"), path=True)
        return stack
