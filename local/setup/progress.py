"""Progress in plain lines: all there is until the virtual environment brings rich."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Callable, Sequence

Say = Callable[[str], object]
TENTHS = 10


def run_showing(
    command: Sequence[str], what: str, done_share: Callable[[str], float | None], say: Say
) -> subprocess.CompletedProcess[str]:
    """Run *command*, saying *what* and how far it is at every tenth.

    *done_share* reads one line of output: the share done so far (0 to 1), or None if the line does not tell.
    The result's stdout holds the last lines, for an error message.
    """
    say(what)
    last_words: deque[str] = deque(maxlen=5)
    said_tenth = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            share = done_share(line)
            if share is None:
                last_words.append(line.strip())
            elif int(share * TENTHS) > said_tenth:
                said_tenth = int(share * TENTHS)
                say(f"{what}: {said_tenth * TENTHS} %")
    return subprocess.CompletedProcess(command, process.returncode, " / ".join(last_words))
