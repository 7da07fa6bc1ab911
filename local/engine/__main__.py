"""`python -m local.engine`: see to it that there is a Pulumi CLI; its folder is all that is printed."""

from __future__ import annotations

import sys

from rich.console import Console

from local.engine.build import build
from local.engine.tools import find
from local.progress import Steps
from local.setup.errors import CommandError


def main() -> int:
    """Find or build it. Returns the exit code."""
    console = Console(stderr=True)
    try:
        tools = find() or build(Steps(console))
    except CommandError as error:
        console.print(f"[red]{error}[/]", highlight=False)
        return error.code
    except KeyboardInterrupt:
        return 130
    print(tools.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
