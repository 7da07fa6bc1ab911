"""`python -m local.engine`: see to it that there is a Pulumi CLI, whose folder is all that is printed, and
what stands in for Stripe in tests."""

from __future__ import annotations

import shutil
import sys

from rich.console import Console

from local import stripe_mock
from local.engine.build import build
from local.engine.tools import find
from local.progress import Steps
from local.setup.errors import CommandError


def main() -> int:
    """Find or build it. Returns the exit code."""
    console = Console(stderr=True)
    try:
        tools = find() or build(Steps(console))
        if shutil.which("go"):  # who has a Pulumi from elsewhere needs Go for the tests alone, which say so
            stripe_mock.program(Steps(console))
    except CommandError as error:
        console.print(f"[red]{error}[/]", highlight=False)
        return error.code
    except KeyboardInterrupt:
        return 130
    print(tools.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
