"""A browser before the real thing: granian, Postgres, Valkey, S3's API, and real drawings as files."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from local.processes import free_port
from local.valkey import Valkey
from tests.api.clients import SETTINGS
from tests.api.factories import Shelf
from tests.api.processes import environment, serving
from tests.browser.chromium import chromium
from tests.browser.shop import Shop, furnish, serving_files
from tests.databases import database, template
from tests.hashing import light_hashing
from tests.moto_server import moto_server
from vectoricons.common.database import Database

__all__ = ["chromium", "database", "light_hashing", "template"]


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """S3's API with the buckets; browsers of other origins may post to it, as the bucket's CORS rule says."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    with moto_server() as address:
        s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=address, **keys)
        s3.create_bucket(Bucket=SETTINGS["uploads_bucket"])
        yield address


@pytest.fixture(scope="module")
def shop(
    database: Database, valkey_server: Valkey, storage: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """The site with a catalogue of real drawings, its streams, its assets and its storage."""
    folder = tmp_path_factory.mktemp("shop")
    site, stream = free_port(), free_port()
    with serving_files(folder / "assets") as assets:
        env = environment(
            database.url.render_as_string(hide_password=False),
            valkey_server,
            ASSETS_URL=assets,
            COVERAGE_PROCESS_CONFIG="",  # what it runs, the tests of the API are seen to cover
            AWS_ENDPOINT_URL=storage,
            SITE_URL=f"http://127.0.0.1:{site}",
            STREAM_URL=f"http://127.0.0.1:{stream}",
        )
        with serving("serve", folder, env, site), serving("stream", folder, env, stream):
            yield furnish(Shelf(database), folder / "assets", env["SITE_URL"])


@pytest.fixture
def page(chromium: Browser, shop: Shop) -> Iterator[Page]:
    """A fresh visitor; whatever the console complains of fails the test."""
    complaints: list[str] = []
    context = chromium.new_context(base_url=shop.url, viewport={"width": 1280, "height": 860})
    visitor = context.new_page()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and message.location["url"].startswith(shop.url):
            complaints.append(message.text)

    visitor.on("console", hear)
    visitor.on("pageerror", lambda error: complaints.append(str(error)))
    yield visitor
    context.close()
    assert complaints == []


@pytest.fixture
def plain(chromium: Browser, shop: Shop) -> Iterator[Page]:
    """A visitor whose browser runs no scripts."""
    context = chromium.new_context(base_url=shop.url, java_script_enabled=False)
    yield context.new_page()
    context.close()
