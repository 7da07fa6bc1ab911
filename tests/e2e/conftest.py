"""A whole region for the tests that go from end to end.

It is the running one that REGION_UNDER_TEST names, else one that the code behind `make up` brings up here.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from rich.console import Console

from local import cli
from local.progress import Steps
from local.region.bringing_up import BringingUp
from local.region.life import Region
from local.region.ports import Ports
from local.region.record import RegionRecord, read_look
from local.region.story import Account
from local.runner.status import ServiceStatus
from local.sample.contributor import Contributor

TREE = Path(__file__).resolve().parents[2]
TIMEOUT = 30
# Who asks for what in the one test that wants to be refused; it may have run before any other.
REFUSED_ON_PURPOSE = ("vectoricons-local-api-task", "s3:ListBucket")


@dataclass(frozen=True)
class LiveRegion:
    """A region with every service running, and a contributor in it."""

    region: Region
    account: Account

    @cached_property
    def record(self) -> RegionRecord:
        """Where everything of it is."""
        return self.region.record

    @property
    def site(self) -> str:
        """The origin of the pages."""
        return self.record.site

    @property
    def icons(self) -> str:
        """The origin of free icons."""
        return f"http://127.0.0.1:{self.record.ports['icons']}"

    @property
    def directory(self) -> Path:
        """Its directory."""
        return self.region.directory

    def contributor(self) -> Contributor:
        """The contributor, signed in to the API."""
        contributor = Contributor(self.site)
        contributor.sign_in(self.account.email, self.account.password)
        return contributor

    def slack(self) -> list[dict[str, Any]]:
        """What Slack's stand-in has received."""
        received: list[dict[str, Any]] = requests.get(self.record.sink, timeout=TIMEOUT).json()
        return received

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """The AWS calls made after the one numbered *since*: who, what, whether allowed."""
        address = self.record.sink.removesuffix("/slack") + "/calls"
        made: list[dict[str, Any]] = requests.get(address, params={"since": since}, timeout=TIMEOUT).json()
        return made

    def services(self) -> tuple[ServiceStatus, ...]:
        """How its services are."""
        return read_look(self.directory).services


def make(region: LiveRegion, *arguments: str) -> tuple[int, str]:
    """The exit code and the words of a command of `python -m local`."""
    result = CliRunner().invoke(
        cli.main, ["--region", str(region.directory), *arguments], catch_exceptions=False
    )
    return result.exit_code, result.output


@pytest.hookimpl(tryfirst=True)  # before the file becomes the group
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One region is enough: all tests here go to the same worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("region"))


@pytest.fixture(scope="session")
def region() -> Iterator[LiveRegion]:
    """The region under test."""
    running = os.environ.get("REGION_UNDER_TEST")
    if running:
        yield _live(Region.at(Path(running), None, TREE))
        return
    with TemporaryDirectory(prefix="vectoricons-") as folder:
        own = Region(Path(folder) / "region", Ports.free_base(), TREE)
        try:
            yield _live(own)
        finally:
            own.end()


def _live(region: Region) -> LiveRegion:
    steps = Steps(Console(file=io.StringIO()))
    region.begin(steps)
    bringing_up = BringingUp(region, steps)
    bringing_up.declare()
    bringing_up.wait_until_ready()
    return LiveRegion(region, bringing_up.contributor())
