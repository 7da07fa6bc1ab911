"""Open icons under test: the app of their service, some drawings, and Iconify's own server beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bench import iconify
from containers.api.icons.app import create_app
from containers.api.settings import WebSettings
from tests.api.factories import Shelf
from tests.api.icons.drawings import DRAWINGS, PREFIX, opened
from vectoricons.common.database import Database


@pytest.fixture(scope="module")
def icons_app(database: Database) -> Flask:
    return create_app(WebSettings(port=8007, site_url="http://localhost:8000"), database)


@pytest.fixture
def icons(icons_app: Flask) -> FlaskClient:
    """A client of the service."""
    return icons_app.test_client()


@pytest.fixture(scope="module")
def things(shelf: Shelf) -> None:
    """The set ``things`` with the drawings, in a family of one set."""
    opened(shelf, shelf.set(shelf.family("Things"), "Things"), DRAWINGS)


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Iconify's server over the same drawings."""
    folder = tmp_path_factory.mktemp("peer")
    (folder / "icons").mkdir()
    named = ("left", "top", "width", "height")
    sets = {
        "prefix": PREFIX,
        "info": {"name": "Things", "author": {"name": "Ada"}, "license": {"title": "MIT", "spdx": "MIT"}},
        "icons": {
            name: {
                "body": body.body,
                **dict(zip(named, (body.x, body.y, body.width, body.height), strict=True)),
            }
            for name, body in DRAWINGS.items()
        },
    }
    (folder / "icons" / f"{PREFIX}.json").write_text(json.dumps(sets))
    with iconify.peer(folder) as address:
        yield address
