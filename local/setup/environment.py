"""The virtual environment: what the hashed requirements say, brought up to date when they change."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from local.setup.errors import CommandError, Exit
from local.setup.progress import Say, run_showing


class Environment:
    """`.venv` of the clone at *root*."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self._requirements = root / "requirements" / "dev.txt"
        self._stamp = self.folder / "made-from"

    def is_current(self) -> bool:
        """Whether it was made from today's requirements, by this Python, for a clone at this place."""
        return self._stamp.exists() and self._stamp.read_text() == self._made_from()

    def make(self, say: Say) -> None:
        """Make it, or bring it up to date. Raises CommandError with pip's last words if that fails."""
        if not self._is_usable():
            shutil.rmtree(self.folder, ignore_errors=True)
            say("virtual environment: .venv")
            self._run([sys.executable, "-m", "venv", str(self.folder)])
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        # The file names every package there is, so nothing is left to resolve; older pips would, and then
        # take a newer release for one that is asked for with an extra.
        requirements = ["--no-deps", "--require-hashes", "-r", str(self._requirements)]
        installed = run_showing([*pip, "install", *requirements], "Python packages", self._share(), say)
        if installed.returncode:
            raise CommandError(
                f"pip could not install requirements/dev.txt: {installed.stdout}", Exit.MACHINE
            )
        self._run([*pip, "install", "-q", "--no-deps", "--no-build-isolation", "-e", str(self.root)])
        self._stamp.write_text(self._made_from())

    def _is_usable(self) -> bool:
        """Whether there is one of this Python's version, not moved here from elsewhere."""
        if not self.python.exists() or (
            self._stamp.exists() and str(self.root) not in self._stamp.read_text()
        ):
            return False
        ask = "import sys; print(sys.version_info[:2])"
        said = subprocess.run(
            [str(self.python), "-c", ask], capture_output=True, text=True, check=False
        ).stdout
        return said.strip() == str(sys.version_info[:2])

    def _made_from(self) -> str:
        content = self._requirements.read_bytes() + (self.root / "pyproject.toml").read_bytes()
        return f"{hashlib.sha256(content).hexdigest()} {sys.version_info[:2]} {self.root}\n"

    def _share(self) -> Callable[[str], float | None]:
        """Reads pip's lines: a package is collected or there already; the installing after it is a tenth."""
        total = sum("==" in line for line in self._requirements.read_text().splitlines())
        seen = 0

        def share(line: str) -> float | None:
            nonlocal seen
            if not line.startswith(("Collecting", "Requirement already satisfied")):
                return None
            seen += 1
            return 0.9 * seen / total

        return share

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            words = (done.stderr or done.stdout).strip()
            raise CommandError(f"`{' '.join(command)}` failed: {words}", Exit.MACHINE)
