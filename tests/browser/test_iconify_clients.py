"""Iconify's own clients, as they are published, read our free icons."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bench import iconify
from local.valkey import Valkey
from tests.api.factories import Shelf
from tests.api.icons.drawings import DRAWINGS, FLAG, opened
from tests.api.processes import Service, environment, serving
from tests.browser.shop import serving_files
from vectoricons.common.database import Database
from vectoricons.products.open_icons import Body

PAGE = """<!doctype html><title>Elsewhere</title>
<script>window.IconifyProviders = {{ "": {{ resources: ["{host}"] }} }};</script>
<script src="iconify-icon.min.js"></script>
<p style="color: rgb(186, 51, 41)">
  <iconify-icon id="home" icon="things:home" width="48"></iconify-icon>
  <iconify-icon id="tall" icon="things:tall" flip="horizontal" rotate="90deg"></iconify-icon>
  <iconify-icon id="gone" icon="things:not-there"></iconify-icon>
  <iconify-icon id="dear" icon="dear:gold"></iconify-icon>
</p>
<img id="file" alt="" src="{host}/things/home.svg?height=32&amp;color=%23ba3329">
"""
PYTHON = """
import json, sys
import pyconify, pyconify.api
pyconify.api.ROOT = sys.argv[1]
said = {
    "svg": pyconify.svg("things", "home", color="red", rotate=90, flip="horizontal", height=48).decode(),
    "data": pyconify.icon_data("things", "home", "gone"),
    "search": pyconify.search("home", prefixes=["things"], limit=40),
    "collections": pyconify.collections(),
    "collection": pyconify.collection("things", info=True),
    "modified": pyconify.last_modified(),
    "keywords": pyconify.keywords(prefix="ho"),
}
for name, read in {
    "no icon": lambda: pyconify.svg("things:gone"),
    "no set": lambda: pyconify.collection("gone"),
    "no data": lambda: pyconify.icon_data("gone:gone"),
    "dear": lambda: pyconify.svg("dear:gold"),
}.items():
    try:
        read()
    except OSError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def icons(
    database: Database, valkey_server: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service as it runs, with a free set and one that is sold."""
    shelf = Shelf(database)
    opened(shelf, shelf.set(shelf.family("Things"), "Things"), DRAWINGS)
    opened(shelf, shelf.set(shelf.family("Dear"), "Dear"), {"gold": Body(FLAG, 0, 0, 24, 24)}, price=2)
    env = environment(database.url.render_as_string(hide_password=False), valkey_server)
    with serving("icons", tmp_path_factory.mktemp("icons"), env) as service:
        yield service


def test_a_page_elsewhere_shows_our_icons_by_iconify_s_web_component(
    icons: Service, chromium: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    with serving_files(folder) as host:
        (folder / "page.html").write_text(PAGE.format(host=icons.url))
        shutil.copy(iconify.packages() / "iconify-icon" / "dist" / "iconify-icon.min.js", folder)
        page = chromium.new_page()
        page.goto(f"{host}/page.html")
        home = page.locator("#home svg")
        expect(home).to_have_attribute("viewBox", "0 0 24 24")
        assert home.locator("path").evaluate("path => getComputedStyle(path).fill") == "rgb(186, 51, 41)"
        assert home.evaluate("svg => svg.getBoundingClientRect().width") == 48
        expect(page.locator("#tall svg")).to_have_attribute("viewBox", "0 0 24 16")
        assert page.evaluate("document.querySelector('#file').decode().then(() => true)")
        assert page.evaluate("document.querySelector('#file').naturalHeight") == 32
        page.wait_for_function("document.querySelector('#gone').status === 'failed'")
        page.wait_for_function("document.querySelector('#dear').status === 'failed'")
        page.close()


def test_a_python_program_reads_our_icons_by_pyconify(icons: Service) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PYTHON, icons.url],
        env={"PYCONIFY_CACHE": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert '<g transform="rotate(90 12 12) translate(24 0) scale(-1 1)">' in said["svg"]
    assert 'fill="red"' in said["svg"]
    assert said["data"]["icons"]["home"]["body"] == FLAG
    assert said["data"]["not_found"] == ["gone"]
    assert said["search"]["icons"][:2] == ["things:home", "things:home-up"]
    assert said["collections"].keys() == {"things"}
    assert sorted(said["collection"]["uncategorized"]) == sorted(DRAWINGS)
    assert said["collection"]["info"]["license"]["spdx"] == "MIT"
    assert said["modified"].keys() == {"things"}
    assert said["keywords"]["prefix"] == "ho"
    assert {"no icon", "no set", "no data", "dear"} <= said.keys()
