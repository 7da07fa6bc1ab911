"""The real engine with the project's provider, which without a region checks and records: no AWS, no mock."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.engine.tools import require
from local.provider.plugins import install

PACK = Path(__file__).parents[2] / "policy" / "run"


@dataclass(frozen=True)
class Outcome:
    """How a command of the engine ended, and everything it said."""

    code: int
    text: str


@dataclass(frozen=True)
class Engine:
    """The Pulumi CLI in *folder*, with a state of its own."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def with_stacks(cls, folder: Path, *stacks: str) -> Engine:
        """An engine with empty *stacks* of the project `vectoricons`; the last is selected."""
        (folder / "home").mkdir()
        install(folder / "home", Path(sys.executable))
        (folder / "Pulumi.yaml").write_text("name: vectoricons\nruntime: python\n")
        ours = ("PULUMI_", "VECTORICONS_", "COVERAGE_")  # tracing every plugin would take minutes
        path = [str(require().folder), str(Path(sys.executable).parent), os.environ["PATH"]]
        engine = cls(
            folder,
            {
                **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
                "PATH": os.pathsep.join(path),
                "PULUMI_HOME": str(folder / "home"),
                "PULUMI_BACKEND_URL": folder.as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "tests",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
            },
        )
        for stack in stacks:
            created = engine("stack", "init", stack)
            if created.code:
                raise RuntimeError(created.text)
        return engine

    def __call__(self, *words: str, pack: Path = PACK) -> Outcome:
        """Run one command with the policy pack on."""
        command = ["pulumi", *words, "--non-interactive", "--color", "never"]
        if words[0] in ("preview", "up", "policy"):
            command += ["--policy-pack", str(pack)]
        run = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=240,
        )
        return Outcome(run.returncode, run.stdout)
