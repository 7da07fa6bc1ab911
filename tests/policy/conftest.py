"""The real engine with the project's provider, which without a region checks and records: no AWS, no mock."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from local.engine.tools import require
from local.provider.plugins import install

ROOT = Path(__file__).parents[2]
PACK = ROOT / "policy" / "run"
PROGRAM_HEAD = """\
import json
import pulumi
from pulumi_aws import iam, s3, sqs

class Home(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("vectoricons:demo:Home", "home")

inside = pulumi.ResourceOptions(parent=Home())

def grant(action, arn):
    statement = {"Effect": "Allow", "Action": action, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
"""


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

    def program(self, body: str) -> None:
        """Make this the program: *body* follows `PROGRAM_HEAD`."""
        (self.folder / "__main__.py").write_text(PROGRAM_HEAD + dedent(body))

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


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine with an empty stack `prod` of the project `vectoricons`."""
    folder = tmp_path_factory.mktemp("engine")
    (folder / "home").mkdir()
    install(folder / "home", Path(sys.executable))
    (folder / "Pulumi.yaml").write_text("name: vectoricons\nruntime: python\n")
    ours = ("PULUMI_", "VECTORICONS_", "COVERAGE_")  # tracing every plugin would take minutes
    path = [str(require().folder), str(Path(sys.executable).parent), os.environ["PATH"]]
    engine = Engine(
        folder,
        {
            **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": folder.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "tests",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        },
    )
    created = engine("stack", "init", "prod")
    assert created.code == 0, created.text
    return engine
