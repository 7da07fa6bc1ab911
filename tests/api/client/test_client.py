"""A typed client is made of the API's document, and speaks with the API."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from flask import Flask

from containers.api.docs import document
from tests.api.access.doors import World
from tests.api.factories import Shelf

SITE = "http://localhost"
CONFIG = Path("containers/api/client.yaml")
WALK = "tests.api.client.walk"
PROGRAM = Path(__file__).with_name("walk.py")


@pytest.fixture(scope="module")
def folder(app: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client, as `make client` makes it."""
    made = tmp_path_factory.mktemp("client")
    source = made / "openapi.json"
    with app.test_request_context():
        source.write_bytes(document(app))
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--meta",
        "none",
        "--fail-on-warning",
    ]
    where = [
        "--path",
        str(source),
        "--config",
        str(CONFIG),
        "--output-path",
        str(made / "vectoricons_client"),
    ]
    subprocess.run([*command, *where], check=True, capture_output=True, text=True)
    return made


@pytest.fixture
def walk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The program, with that client."""
    monkeypatch.syspath_prepend(str(folder))
    yield importlib.import_module(WALK)
    for name in [name for name in sys.modules if name.startswith(("vectoricons_client", WALK))]:
        del sys.modules[name]


@pytest.fixture
def transport(app: Flask) -> dict[str, Any]:
    """The way to the app without a network."""
    return {"transport": httpx.WSGITransport(app)}


def test_a_program_finds_an_icon_and_starts_an_upload(
    walk: ModuleType, app: Flask, shelf: Shelf, transport: dict[str, Any]
) -> None:
    from vectoricons_client import AuthenticatedClient, Client  # type: ignore[import-not-found]  # made above

    item = shelf.item(shelf.set(shelf.family()), "lighthouse", tags={"lighthouse": ["sea"]})
    guest = Client(SITE, httpx_args=transport)
    icon = walk.find(guest, "lighthouse")
    assert (icon.id, icon.name, icon.tags) == (item.unique_id, "lighthouse", ["sea"])
    assert walk.refused(guest) == "not-found"

    _, headers = World(app, shelf).browser("contributor")
    token = headers["Authorization"].removeprefix("Bearer ")
    contributor = AuthenticatedClient(SITE, token, httpx_args=transport)
    _, state = walk.upload(contributor, "sea.zip")
    assert state == "awaiting_upload"


def test_a_type_checker_knows_what_comes_back(folder: Path) -> None:
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--follow-imports=silent",
            "--no-error-summary",
            str(PROGRAM),
        ],
        env={"MYPYPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
