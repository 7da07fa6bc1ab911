"""`python3 -m local.setup`: make this clone ready to run. A second run finds everything there and ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from local.setup import checks
from local.setup.alone import alone
from local.setup.environment import Environment
from local.setup.errors import CommandError
from local.setup.packages import install_missing


def say(line: str) -> None:
    """One line of progress, seen at once also through a pipe."""
    print(f"set-up · {line}", flush=True)


def prepare(root: Path) -> Environment:
    """System packages and virtual environment of the clone at *root*. Raises CommandError."""
    checks.python_is_recent()
    environment = Environment(root)
    with alone(environment.folder, lambda: say("waiting for another set-up of this clone")):
        install_missing(say)
        if not environment.is_current():
            checks.disk_has(checks.ENVIRONMENT_NEEDS, root)
            environment.make(say)
    return environment


def main() -> int:
    """Prepare, then let the new environment see to the Pulumi engine. Returns the exit code."""
    root = Path(__file__).resolve().parents[2]
    try:
        environment = prepare(root)
    except CommandError as problem:
        print(f"set-up · {problem}", file=sys.stderr)
        return problem.code
    except KeyboardInterrupt:
        return 130
    return subprocess.run([environment.python, "-m", "local.engine"], cwd=root, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
