"""Load by wrk: one thread on a core of its own, sixteen connections, a list of addresses over and over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
CLIENT_CORE = 1
SCRIPT = """
local requests, at = {}, 0
function init(args)
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
  at = tonumber(args[2])
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency, _)
  local wrong = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "wrong": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server took: answers a second, and milliseconds of half and of 99 of a hundred answers."""

    rate: float
    p50: float
    p99: float


def load(address: str, paths: Sequence[str], seconds: int, *, begin: int = 0) -> Load:
    """Ask *address* for *paths*, from number *begin* on. Ends the process when an answer is none."""
    with tempfile.TemporaryDirectory(prefix="bench-wrk-") as folder:
        script, listed = Path(folder) / "load.lua", Path(folder) / "paths"
        script.write_text(SCRIPT)
        listed.write_text("\n".join(paths) + "\n")
        done = subprocess.run(
            [
                *("taskset", "-c", str(CLIENT_CORE)),
                *("wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-s", str(script), address),
                *("--", str(listed), str(begin)),
            ],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ,
        )
    if done.returncode != 0:
        sys.exit(f"wrk could not ask {address}: {done.stderr or done.stdout}")
    told = json.loads(done.stdout.splitlines()[-1])
    if told["wrong"]:
        sys.exit(f"{address} gave {told['wrong']} answers that are none.")
    return Load(told["requests"] / told["seconds"], told["p50"], told["p99"])
