"""The real servers every room's tests talk to: once a test process, on free ports, thrown away after."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import botocore.session
import pytest

from local import postgres, valkey
from local.postgres import Postgres
from local.processes import free_port, heed_interrupts
from local.valkey import Valkey

LONGEST = (
    "region",
    "tests/worker/test_faults.py",
    "tests/faults/test_killed_converter.py",
    "engine-prod",
    "engine-dev",
    "tests/local/test_provider_engine.py",
    "tests/local/test_region.py",
    "tests/infra/test_upgrade.py",
    "delivery-plans",
    "tests/api/test_fuzz.py",
    "tests/api/test_bad_input.py",
    "tests/api/test_processes.py",
    "tests/api/access/test_matrix.py",
    "tests/base/contracts/test_services.py",
    "tests/base/contracts/test_repositories.py",
    "tests/base/contracts/test_entities.py",
    "tests/worker/test_processes.py",
    "tests/policy/test_engine.py",
    "tests/policy/test_mutants.py",
    "tests/local/test_setup.py",
    "tests/infra/test_args.py",
    "tests/infra/test_program.py",
)
"""The groups of tests that take longest: begun last, one would keep a process busy long after the others."""

LONGEST_PARAMETER = 200
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3  # bytes: that of a few databases, and of what Postgres writes ahead


def pytest_configure() -> None:
    """The engines that tests start end their plugins by SIGINT; what AWS's services are like is read once."""
    heed_interrupts()
    # Each session of boto3 would read it anew, and each test has a session of its own.
    botocore.session.create_loader = cache(botocore.session.create_loader)


def pytest_xdist_setupnodes() -> None:
    """What pytest-cov tells processes that tests start is not for those of the tests: it traces them."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """One trace a process: pytest-cov began one as if alone, and begins now the one that `no_cover` stops."""
    traced = session.config.pluginmanager.getplugin("_cov")
    if traced is not None and traced.cov_controller is not None and hasattr(session.config, "workerinput"):
        traced.cov_controller.cov.stop()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """What importing runs is traced in the first process, which imports as much as the others do."""
    traced = session.config.pluginmanager.getplugin("_cov")
    first = os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"
    if traced is None or traced.cov_controller is None or first:
        yield
        return
    traced.cov_controller.pause()
    yield
    traced.cov_controller.resume()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """No test is named by a file's content: names go to and fro between processes, five times a test."""
    return argname if isinstance(val, (bytes, str)) and len(val) > LONGEST_PARAMETER else None


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups when its turn comes
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file run in one process, so what they share is made once; the longest files go first."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=_turn)


@pytest.fixture(autouse=True)
def _own_credentials() -> None:
    """boto3 keeps the credentials of the first client that a process makes; a test's are its own."""
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def untraced_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test starts is not traced: it would take up to twice as long for code seen elsewhere."""
    monkeypatch.setenv("COVERAGE_PROCESS_CONFIG", "")


def _turn(item: pytest.Item) -> int:
    """Where it stands in LONGEST; all others come after those, in the order they have."""
    (group,) = {mark.args[0] for mark in item.iter_markers("xdist_group")}
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A Postgres of this test process alone, without the cost of durability."""
    # Not under pytest's own folder: every pytest that starts closes that one to the OS user Postgres runs as.
    with (
        TemporaryDirectory(
            prefix="vectoricons-postgres-", dir=_in_memory(), ignore_cleanup_errors=True
        ) as folder,
        postgres.running(Path(folder), free_port(), durable=False) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A Valkey of this test process alone."""
    with valkey.running(tmp_path_factory.mktemp("valkey"), free_port()) as server:
        yield server


def _in_memory() -> Path | None:
    """Where files cost next to nothing, if it has room: a copy of a database is seven hundred files."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None
