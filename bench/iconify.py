"""Iconify's own server and clients, from npm: what our icons service is compared with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench.npm import CACHE, installed
from local.processes import free_port, stop, wait_for_port

SERVER = "@iconify/api@3.1.1"
CLIENT = "iconify-icon@3.0.3"
FOLDER = CACHE / "iconify"


def packages() -> Path:
    """Where the server and the client are."""
    return installed((SERVER, CLIENT), FOLDER)


@contextmanager
def peer(folder: Path, before: Sequence[str] = ()) -> Iterator[str]:
    """The address of Iconify's server over the sets in ``folder/icons``; *before* goes before its command."""
    port, log = free_port(), folder / "peer.log"
    told = {"ICONIFY_SOURCE": "none", "HOST": "127.0.0.1", "PORT": str(port), "ALLOW_UPDATE": "false"}
    script = packages() / "@iconify" / "api" / "lib" / "index.js"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*before, "node", "--expose-gc", str(script)],
            cwd=folder,
            env={**os.environ, "NODE_ENV": "production", **told},
            stdout=out,
            stderr=out,
            process_group=0,
        )
    try:
        wait_for_port(port, process, log_file=log, name="Iconify's server", patience=120)
        address = f"http://127.0.0.1:{port}"
        with urlopen(f"{address}/last-modified", timeout=600):  # noqa: S310 - ours: it answers once it has read
            pass
        yield address
    finally:
        stop(process, patience=10)
