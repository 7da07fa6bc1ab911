"""What a running container could do to others: nothing, as it must be. Asked of the container itself."""

from __future__ import annotations

import json
from typing import cast

from docker.models.containers import Container

from local.setup.errors import CommandError

LOOK = """
import json, os, pathlib
status = dict(line.split(":", 1) for line in pathlib.Path("/proc/self/status").read_text().splitlines())
def may_write(folder):
    try:
        with open(os.path.join(folder, "probe"), "w"):
            return True
    except OSError:
        return False
print(json.dumps({
    "user": os.getuid(),
    "group": os.getgid(),
    "capabilities": int(status["CapEff"], 16),
    "writes to": list(filter(may_write, ("/", "/etc", "/opt/venv", "/srv", "/tmp", "/var/tmp"))),
}))
"""
HARMLESS = {"user": 10001, "group": 10001, "capabilities": 0, "writes to": ["/tmp"]}  # noqa: S108 - in there


def require(container: Container) -> None:
    """Raise CommandError unless it is nobody, without rights, on a file system that it cannot change."""
    status, output = container.exec_run(["python", "-c", LOOK])
    said = cast("bytes", output)  # it is not streamed
    found = json.loads(said) if status == 0 else said.decode(errors="replace")
    if found != HARMLESS:
        raise CommandError(
            f"The container {container.name} is not harmless: {found}; it should be {HARMLESS}"
        )
