"""Programs under measurement: wall seconds, processor seconds and memory of a process with all it starts."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psutil

ROOT = Path(__file__).resolve().parent.parent
BETWEEN_LOOKS = 0.5  # seconds between two looks at the memory: each costs some ms of a core


@dataclass(frozen=True, slots=True)
class Measured:
    """What a program took. *memory* is the most bytes that all its processes held at one time."""

    seconds: float
    cpu: float
    memory: int
    status: int
    output: str


def measured(command: Sequence[str], said: str = "") -> Measured:
    """Run *command* to its end; *said* is its standard input."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'base'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ended, peaks = Event(), [0]
    watcher = Thread(target=_watch, args=(process.pid, ended, peaks))
    watcher.start()
    output, _ = process.communicate(said)
    seconds = time.monotonic() - started
    ended.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(seconds, cpu, max(peaks), process.returncode, output)


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours."""
    return [sys.executable, "-m", name, *arguments]


def tree_memory(pid: int) -> list[int]:
    """Bytes that each process of the tree holds now, the parent's first."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
    held = []
    for member in family:
        try:
            held.append(member.memory_info().rss)
        except psutil.NoSuchProcess:
            continue
    return held


def _watch(pid: int, ended: Event, peaks: list[int]) -> None:
    while not ended.wait(BETWEEN_LOOKS):
        peaks.append(sum(tree_memory(pid)))
