"""``python -m containers.api.alive``: the image's health check, apart from the commands to start at once."""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

PATIENCE = 4.0  # seconds; the check itself is given five


def trouble(port: int) -> str:
    """What is wrong with the service that listens on *port*; empty when it answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"Nobody answers on port {port}: {error}"
    finally:
        connection.close()
    return "" if status == 200 else f"/healthz answers {status}."


def main() -> None:
    """Look at ``PORT``: a sentence and status 1 when nobody there is well."""
    found = trouble(int(os.environ["PORT"]))
    if found:
        print(found, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
