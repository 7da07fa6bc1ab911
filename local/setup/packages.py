"""System packages: installed by apt where there is apt, named to the person elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from local.setup.errors import CommandError, Exit
from local.setup.progress import Say, run_showing

FONTS = Path("/usr/share/fonts")


@dataclass(frozen=True)
class Package:
    """A Debian package, what it is for, and how to see that what it brings is already there."""

    name: str
    purpose: str
    is_there: Callable[[], bool]


def command_is_there(*names: str) -> Callable[[], bool]:
    """Whether one of these commands is on PATH, when asked."""
    return lambda: any(shutil.which(name) for name in names)


PACKAGES = (
    Package("python3-venv", "makes the virtual environment", lambda: find_spec("ensurepip") is not None),
    Package("ca-certificates", "trusts the package registries", lambda: Path("/etc/ssl/certs").is_dir()),
    Package(
        "chromium",
        "drives the pages in tests",
        command_is_there("chromium", "chromium-browser", "google-chrome"),
    ),
    Package("fonts-dejavu-core", "captions and text in icons", lambda: any(FONTS.rglob("*.ttf"))),
    Package(
        "libmagickwand-6.q16-6",
        "reads raster sources, writes icons",
        lambda: find_library("MagickWand-6.Q16") is not None,
    ),
    Package("librsvg2-bin", "the upload bench's peer", command_is_there("rsvg-convert")),
    Package("webp", "the upload bench's peer", command_is_there("cwebp")),
    Package("npm", "fetches Iconify's server and clients, for tests", command_is_there("npm")),
    Package("wrk", "asks for the benches of the API", command_is_there("wrk")),
)


def install_missing(say: Say, packages: Sequence[Package] = PACKAGES) -> None:
    """Install what *packages* lack on this machine. Raises CommandError where that needs a person."""
    missing = [package for package in packages if not package.is_there()]
    if not missing:
        return
    names = [package.name for package in missing]
    if shutil.which("apt-get") is None:
        wanted = "; ".join(f"{package.name} ({package.purpose})" for package in missing)
        raise CommandError(
            f"This system has no apt. Install what these Debian packages bring, then try again: {wanted}",
            Exit.MACHINE,
        )
    become_root = _root_prefix(names)
    _apt([*become_root, "apt-get", "update", "-q"], "reading the package lists", say)
    _apt([*become_root, "apt-get", "install", "-y", "--no-install-recommends", *names], ", ".join(names), say)


def _root_prefix(names: Sequence[str]) -> list[str]:
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if shutil.which("sudo"):
        return ["sudo", "env", "DEBIAN_FRONTEND=noninteractive"]
    raise CommandError(
        "System packages are missing and there is neither root nor sudo. "
        f"Run as root: apt-get install {' '.join(names)}",
        Exit.MACHINE,
    )


def _apt(command: Sequence[str], what: str, say: Say) -> None:
    reporting = [*command, "-o", "APT::Status-Fd=1"]
    done = run_showing(reporting, f"system packages: {what}", _apt_share, say)
    if done.returncode:
        raise CommandError(f"apt-get failed ({what}): {done.stdout}", Exit.MACHINE)


def _apt_share(line: str) -> float | None:
    """Share done by apt's own status lines: `dlstatus:3:41.5:..` (fetching), then `pmstatus:webp:60.0:..`."""
    kind, _, rest = line.partition(":")
    if kind not in {"dlstatus", "pmstatus"}:
        return None
    percent = float(rest.split(":")[1])
    return percent / 200 if kind == "dlstatus" else 0.5 + percent / 200
