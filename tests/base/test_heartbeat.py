"""A process whose loop comes round is alive; one whose loop hangs, or never began, is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vectoricons.common import heartbeat

ROOT = Path(__file__).parents[2]


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    """The health check as the image runs it."""
    return subprocess.run(
        [sys.executable, "-m", "vectoricons.common.heartbeat"],
        env={"PYTHONPATH": str(ROOT / "base"), heartbeat.VARIABLE: str(file)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_loop_that_came_round_is_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "heartbeat"
    monkeypatch.setenv(heartbeat.VARIABLE, str(file))
    assert checked(file).stderr == "The loop has not come round yet.\n"
    heartbeat.beat()
    assert checked(file).returncode == 0


def test_a_loop_that_hangs_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "heartbeat"
    monkeypatch.setenv(heartbeat.VARIABLE, str(file))
    heartbeat.beat()
    long_ago = file.stat().st_mtime - heartbeat.LONGEST_SILENCE - 100
    os.utime(file, (long_ago, long_ago))
    done = checked(file)
    assert (done.returncode, done.stderr[:24]) == (1, "The loop last came round")
    heartbeat.beat()
    assert checked(file).returncode == 0


def test_where_nobody_looks_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(heartbeat.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    heartbeat.beat()
    assert list(tmp_path.iterdir()) == []
