"""The tests of what the program declares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.console import Console

from local.progress import Step, Steps
from tests.infra.standing import IN_ONE_PROCESS, Stacks, Standing


def pytest_configure(config: pytest.Config) -> None:
    """The SDK warns of its own deprecated classes when a service of it is first imported."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:pulumi_aws")


@pytest.fixture(autouse=True)
def _untraced(untraced_processes: None) -> None:
    """The engines of this room, all of them."""


@pytest.fixture(scope="session")
def step() -> Iterator[Step]:
    """Where the engine tells how far it is: nobody looks."""
    with Steps(Console(quiet=True)).step("infra") as step:
        yield step


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory, step: Step) -> Stacks:
    """The stacks of this test process."""
    return Stacks(tmp_path_factory.mktemp("stacks"), step)


@pytest.fixture(params=IN_ONE_PROCESS)
def standing(request: pytest.FixtureRequest, stacks: Stacks) -> Standing:
    """Each stack that goes to AWS, up."""
    return stacks.standing(request.param)
